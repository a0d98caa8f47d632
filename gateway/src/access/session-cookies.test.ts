import type { IncomingHttpHeaders } from 'node:http';
import { createCookieJar } from '@civitas/platform/subgraph';
import { describe, expect, test } from 'vitest';
import { credentialsOf, handshakeAuthorization, setCookiesOf } from './session-cookies.ts';

const LISTED = new Set(['https://app.civitas.test']);
const TOKEN = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1c3JfMSJ9.c2lnbmF0dXJl';
const OWN = {
  host: 'api.civitas.test',
  origin: 'https://api.civitas.test',
  'sec-fetch-site': 'same-origin',
  'content-type': 'application/json',
};
const cookie = `other=1; __Host-civitas-access=${TOKEN}; __Host-civitas-refresh=r; __Host-civitas-device=d`;
const of = (headers: IncomingHttpHeaders) => credentialsOf({ headers }, true, LISTED);

const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(OWN).filter(([name]) => !names.includes(name)));

describe('cookies say who asks', () => {
  test.each([
    ['a page of the same origin', {}],
    ['a browser that says nothing but the origin', { 'sec-fetch-site': undefined }],
    ['a listed origin', { origin: 'https://app.civitas.test', 'sec-fetch-site': 'same-site' }],
    [
      'a GET of the same origin, which has no Origin',
      { origin: undefined, 'content-type': undefined, 'apollo-require-preflight': '1' },
    ],
  ])('of %s', (_, headers) => {
    const { authorization, cookies } = of({ ...OWN, cookie, ...headers });
    expect(authorization).toBe(`Bearer ${TOKEN}`);
    expect(cookies).toBeUndefined();
  });

  test.each<[string, IncomingHttpHeaders]>([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' }],
    ['a neighbour', { 'sec-fetch-site': 'same-site', origin: 'https://evil.civitas.test' }],
    ['an own origin that its browser calls another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sandboxed frame', { 'sec-fetch-site': 'cross-site', origin: 'null' }],
    ['an old browser elsewhere', { 'sec-fetch-site': undefined, origin: 'https://evil.test' }],
    [
      'the same host without TLS',
      { 'sec-fetch-site': undefined, origin: 'http://api.civitas.test' },
    ],
    ['nobody who says so', { 'sec-fetch-site': undefined, origin: undefined }],
    ['an address that was typed', { 'sec-fetch-site': 'none', origin: undefined }],
    ['a form of the same origin', { 'content-type': 'text/plain' }],
    ['a link of the same origin', { 'content-type': undefined, origin: undefined }],
  ])('never of %s', (_, headers) => {
    expect(() => of({ ...OWN, cookie, ...headers })).toThrow(
      expect.objectContaining({ code: 'CSRF_PREVENTION' }),
    );
  });

  test('nor may a page of anybody else begin a session for its visitor', () => {
    for (const site of ['cross-site', 'same-site', 'none']) {
      const begin = { ...OWN, origin: 'https://evil.test', 'sec-fetch-site': site };
      expect(() => of({ ...begin, 'civitas-session': 'cookie' })).toThrow(
        expect.objectContaining({ code: 'CSRF_PREVENTION' }),
      );
    }
  });

  test('only where no Authorization does, and only as access tokens', () => {
    const authorization = 'Bearer given';
    expect(of({ ...OWN, cookie, authorization })).toEqual({ authorization });
    const mine = { ...OWN, authorization, cookie, 'civitas-session': 'cookie' };
    expect(of(mine)).toMatchObject({ authorization, isRenewing: false });
    const key = `__Host-civitas-access=civitas_${'k'.repeat(43)}`;
    expect(of({ ...OWN, cookie: key }).authorization).toBeUndefined();
    expect(of({ ...OWN, cookie: `civitas-access=${TOKEN}` }).authorization).toBeUndefined();
  });
});

test('with the header the answer may change cookies; without it there is nothing to change', () => {
  const { cookies, isRenewing } = of({ ...OWN, cookie, 'civitas-session': 'cookie' });
  expect(cookies?.given).toEqual({ access: TOKEN, refresh: 'r', device: 'd' });
  expect(isRenewing).toBe(true);
  expect(of(OWN)).toEqual({ authorization: undefined });
  expect(() => of({ ...OWN, 'civitas-session': 'body' })).toThrow(
    expect.objectContaining({ code: 'BAD_REQUEST' }),
  );
});

test('what is set is Secure, HttpOnly, Strict and of this host alone; nothing else gets through', () => {
  const jar = createCookieJar({});
  jar.set('access', TOKEN, 300.9);
  jar.set('refresh', null, 99);
  jar.set('device', 'x\r\nset-cookie: a=b', 10);
  jar.set('somebody-elses', 'x', 10);
  const attributes = 'Path=/; Secure; HttpOnly; SameSite=Strict';
  expect(setCookiesOf(jar)).toEqual([
    `__Host-civitas-access=${TOKEN}; ${attributes}; Max-Age=300`,
    `__Host-civitas-refresh=; ${attributes}; Max-Age=0`,
  ]);
});

test('a socket has the cookies of its handshake where one of our pages opened it', () => {
  const at = (headers: IncomingHttpHeaders) => handshakeAuthorization({ headers }, true, LISTED);
  const socket = without('content-type', 'sec-fetch-site');
  expect(at({ ...socket, cookie })).toBe(`Bearer ${TOKEN}`);
  expect(at({ ...socket, cookie, origin: 'https://app.civitas.test' })).toBe(`Bearer ${TOKEN}`);
  for (const origin of ['https://evil.civitas.test', 'null', undefined]) {
    expect(at({ ...socket, cookie, origin })).toBeUndefined();
  }
});
