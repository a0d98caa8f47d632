import { createHmac } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { signInternalToken, verifyInternalToken } from './internal-token.ts';
import { ANONYMOUS } from './viewer.ts';

const SECRET = 'a secret of this test, long enough';
const claims = { viewer: ANONYMOUS, requestId: 'r1', audience: 'content', body: '{"a":1}' };
const expected = { audience: 'content', body: Buffer.from('{"a":1}') };
const REFUSED = { code: 'INTERNAL_CALLER_REQUIRED' };

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const signedAs = (header: object, payload: string) => {
  const text = `${encoded(header)}.${payload}`;
  return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`;
};

afterEach(() => {
  vi.useRealTimers();
});

test('what was signed is read by its subgraph, for its body, at its time', async () => {
  const token = await signInternalToken({ ...claims, clientAddress: '::1' }, SECRET);
  expect(await verifyInternalToken(token, expected, SECRET)).toEqual({
    ...{ viewer: ANONYMOUS, requestId: 'r1', clientAddress: '::1' },
  });
});

test.each([
  ['another secret', { ...expected }, `${SECRET}!`],
  ['another subgraph', { ...expected, audience: 'finance' }, SECRET],
  ['another body', { ...expected, body: '{"a":2}' }, SECRET],
])('%s refuses it', async (_, wanted, secret) => {
  const token = await signInternalToken(claims, SECRET);
  await expect(verifyInternalToken(token, wanted, secret)).rejects.toMatchObject(REFUSED);
});

test.each([-10_000, 40_000])('%i ms later it is refused', async (ms) => {
  vi.useFakeTimers({ now: 1_700_000_000_000, toFake: ['Date'] });
  const token = await signInternalToken(claims, SECRET);
  vi.setSystemTime(Date.now() + ms);
  await expect(verifyInternalToken(token, expected, SECRET)).rejects.toMatchObject(REFUSED);
});

test('nothing else passes: no token, half of one, a changed one, another algorithm, a longer life', async () => {
  const token = await signInternalToken(claims, SECRET);
  const [header = '', payload = '', signature = ''] = token.split('.');
  const read = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number };
  const rich = encoded({ ...read, vwr: { type: 'user', roles: ['ADMIN'] } });
  const tokens = [
    undefined,
    '',
    header,
    `${header}.${payload}`,
    `${header}.${payload}.`,
    `${header}.${payload}.${signature.slice(0, -4)}`,
    `${header}.${rich}.${signature}`,
    `${encoded({ alg: 'none' })}.${payload}.`,
    `${token}.${signature}`,
    signedAs({ alg: 'HS512' }, payload),
    signedAs({ alg: 'HS256' }, encoded({ ...read, exp: read.exp + 3600 })),
    signedAs({ alg: 'HS256' }, encoded([])),
    signedAs({ alg: 'HS256' }, 'no JSON'),
  ];
  for (const each of tokens) {
    await expect(verifyInternalToken(each, expected, SECRET)).rejects.toMatchObject(REFUSED);
  }
});
