import { beforeAll, describe, expect, test } from 'vitest';
import { readGatewayConfig } from '../../config.ts';
import { townGateway } from '../../testing/town-gateway.ts';

const SHOP = 'https://shop.example';
const APP = 'https://app.civitas.example';

/** How each door over HTTP is asked. */
const doors = {
  JSON: ['application/json', '{ shelf }'],
  'an error': ['application/json', '{ nonsense }'],
  'server-sent events': ['text/event-stream', 'subscription { ticks }'],
  'multipart subscriptions': ['multipart/mixed;subscriptionSpec=1.0', 'subscription { ticks }'],
  'deferred parts': [
    'multipart/mixed;deferSpec=20220824',
    '{ user(id: "u1") { name ... @defer { sold } } }',
  ],
} as const;

/** Nobody of the list, however much they look like it. */
const strangers = [
  'null',
  'https://evil.example',
  'http://shop.example',
  'https://shop.example:8443',
  'https://shop.example.evil.example',
  'https://evil-shop.example',
  'https://sub.shop.example',
  'https://SHOP.example',
  'https://shop.example/',
  '*',
];

let url: string;
beforeAll(async () => {
  const gateway = await townGateway({ corsOrigins: [SHOP], sessionOrigins: [APP] });
  ({ url } = await gateway.listen({ port: 0, host: '127.0.0.1' }));
  return () => gateway.stop();
});

/** The headers of CORS in an answer, and `Vary`. */
function corsOf({ headers }: Response) {
  const named = (name: string) => headers.get(`access-control-${name}`);
  return {
    origin: named('allow-origin'),
    credentials: named('allow-credentials'),
    exposed: named('expose-headers'),
    varies: /\borigin\b/i.test(headers.get('vary') ?? ''),
  };
}

describe.each(Object.entries(doors))('by %s', (_, [accept, query]) => {
  const ask = async (origin: string) => {
    const body = JSON.stringify({ query });
    const headers = { accept, origin, 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body });
    await response.body?.cancel();
    return corsOf(response);
  };

  test('a listed origin may read the answer, and only one for sessions with its cookies', async () => {
    const exposed = expect.stringContaining('retry-after');
    expect(await ask(SHOP)).toEqual({ origin: SHOP, credentials: null, exposed, varies: true });
    expect(await ask(APP)).toEqual({ origin: APP, credentials: 'true', exposed, varies: true });
  });

  test('nobody else may, and a cache keeps what they get apart', async () => {
    for (const origin of strangers) {
      const found = { from: origin, ...(await ask(origin)) };
      expect(found).toEqual({
        ...{ from: origin, origin: null, credentials: null, exposed: null },
        varies: true,
      });
    }
  });
});

test('a preflight allows a listed origin what the doors take, and a stranger nothing', async () => {
  const preflight = (origin: string) =>
    fetch(url, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
  const allowed = await preflight(APP);
  expect(corsOf(allowed)).toMatchObject({ origin: APP, credentials: 'true', varies: true });
  expect(allowed.headers.get('access-control-allow-methods')).toBe('GET, POST');
  for (const origin of strangers) {
    const refused = await preflight(origin);
    const names = [...refused.headers.keys()].filter((name) => name.startsWith('access-control'));
    expect([origin, names, corsOf(refused).varies]).toEqual([origin, [], true]);
  }
});

describe('the lists of origins', () => {
  const read = (listed: string) =>
    readGatewayConfig({
      ...{ INTERNAL_SECRET: 'a secret that is long enough to be one' },
      ...{ JWKS_URL: 'http://127.0.0.1:1/jwks', CORS_ORIGINS: listed },
    });

  test('hold origins as browsers say them', () => {
    expect(read(`${SHOP}, http://localhost:3000`).corsOrigins).toEqual([
      SHOP,
      'http://localhost:3000',
    ]);
    expect(read('').corsOrigins).toEqual([]);
  });

  test.each([
    '*',
    'null',
    'shop.example',
    'https://shop.example/',
    'https://Shop.example',
    'file://',
  ])('and nothing that would allow nobody or everybody: %s', (listed) => {
    expect(() => read(listed)).toThrow(/CORS_ORIGINS/);
  });
});
