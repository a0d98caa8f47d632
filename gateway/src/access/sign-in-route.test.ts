import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, expect, test } from 'vitest';
import { signInRoute } from './sign-in-route.ts';

const asked: IncomingMessage[] = [];
let url = '';
beforeAll(async () => {
  const identity = createServer((request, response) => {
    asked.push(request);
    response.writeHead(302, {
      location: 'https://accounts.example/authorize',
      'set-cookie': '__Host-civitas-signin=x; Path=/; HttpOnly; SameSite=Lax; Secure',
      'x-powered-by': 'identity',
    });
    response.end();
  });
  await new Promise<void>((resolve) => identity.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(identity.address() as AddressInfo).port}/.well-known/jwks.json`;
  return () => identity.close();
});

const ask = (path: string, headers = {}) =>
  signInRoute(url).handle({
    path,
    body: Buffer.alloc(0),
    headers,
    query: new URLSearchParams({ return_to: 'https://app.example/?a=b&c' }),
  });

test('path, query and cookies go to identity, and listed headers come back', async () => {
  asked.length = 0;
  const headers = { cookie: 'a=b', authorization: 'Bearer x', 'x-civitas-viewer': 'forged' };
  const answer = await ask('/signin/google', headers);
  expect(asked[0]?.url).toBe('/signin/google?return_to=https%3A%2F%2Fapp.example%2F%3Fa%3Db%26c');
  expect(asked[0]?.headers).toMatchObject({ cookie: 'a=b' });
  expect(asked[0]?.headers).not.toHaveProperty('authorization');
  expect(asked[0]?.headers).not.toHaveProperty('x-civitas-viewer');
  expect(answer.status).toBe(302);
  expect(answer.headers).toEqual({
    location: 'https://accounts.example/authorize',
    'set-cookie': '__Host-civitas-signin=x; Path=/; HttpOnly; SameSite=Lax; Secure',
  });
});

test.each([
  '/signin/../graphql',
  '/signin/google/../../graphql',
  '/signin//evil.example',
  '/signin/google/callback/more',
  '/signin/google%2f..',
  '/signin/',
])('%s goes nowhere', async (path) => {
  asked.length = 0;
  await expect(ask(path)).rejects.toMatchObject({ extensions: { code: 'NOT_FOUND' } });
  expect(asked).toEqual([]);
});

test('HEAD goes nowhere: it would use the sign-in up', async () => {
  asked.length = 0;
  const handled = signInRoute(url).handle({
    method: 'HEAD',
    path: '/signin/google/callback',
    body: Buffer.alloc(0),
    headers: {},
  });
  await expect(handled).rejects.toMatchObject({ extensions: { code: 'METHOD_NOT_ALLOWED' } });
  expect(asked).toEqual([]);
});

test('an identity that is away is said so', async () => {
  const handled = signInRoute('http://127.0.0.1:1').handle({
    path: '/signin/google',
    body: Buffer.alloc(0),
    headers: {},
  });
  await expect(handled).rejects.toMatchObject({ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } });
});
