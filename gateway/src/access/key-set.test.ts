import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from '@civitas/platform/telemetry';
import { exportJWK, type GenerateKeyPairResult, generateKeyPair, type JWK, SignJWT } from 'jose';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { silent } from '../testing/compose.ts';
import { openedGateway, post } from '../testing/opened-gateway.ts';
import { openSocket } from '../testing/socket-client.ts';
import { createAccessTokenVerifier, type VerifyAccessToken } from './access-token.ts';
import { fetchKeys } from './fetch-keys.ts';
import { jwksRoute } from './jwks-route.ts';
import { createKeySet } from './key-set.ts';

// Identity's JWKS document on a socket of its own, well, away, lying and rotating.

const ISSUER = 'https://civitas.local';
const COOLDOWN_MS = 100;

interface Pair extends Pick<GenerateKeyPairResult, 'privateKey'> {
  readonly jwk: JWK;
}
let old: Pair;
let young: Pair;
let stranger: Pair;

let url = '';
let answer: RequestListener;
const published =
  (...pairs: readonly Pair[]): RequestListener =>
  (_, response) =>
    void response.end(JSON.stringify({ keys: pairs.map(({ jwk }) => jwk) }));
const away: RequestListener = (request) => void request.socket.destroy();

beforeAll(async () => {
  [old, young, stranger] = (await Promise.all(['old', 'young', 'old'].map(pairNamed))) as [
    Pair,
    Pair,
    Pair,
  ];
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  return () => {
    server.closeAllConnections();
    server.close();
  };
});
beforeEach(() => {
  answer = published(old);
});

async function pairNamed(kid: string): Promise<Pair> {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA');
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' } };
}

/** Every token is another one: what is known to be good is not looked at again. */
let made = 0;
function signed({ privateKey, jwk }: Pair, kid = jwk.kid as string): Promise<string> {
  made += 1;
  return new SignJWT({ sid: `ses_${made}`, kind: 'DONOR', scope: '' })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid })
    .setSubject('usr_1')
    .setIssuer(ISSUER)
    .setAudience('civitas')
    .setExpirationTime('5m')
    .sign(privateKey);
}

function opened(options: Partial<Parameters<typeof createKeySet>[0]> = {}) {
  const startedAt = performance.now();
  let fetches = 0;
  const fetch = () => {
    fetches += 1;
    return fetchKeys(url);
  };
  const keys = createKeySet({ fetch, log: silent, cooldownMs: COOLDOWN_MS, ...options });
  const verify = createAccessTokenVerifier({
    keys: keys.getKey,
    issuer: ISSUER,
    audience: 'civitas',
  });
  /** One fetch in each cooldown, and one more for timers that are early by a hair. */
  const expectFew = () =>
    expect(fetches).toBeLessThanOrEqual((performance.now() - startedAt) / COOLDOWN_MS + 2);
  return { keys, verify, expectFew, fetches: () => fetches };
}

const codeOf = (verifying: ReturnType<VerifyAccessToken>) =>
  verifying.then(
    () => 'good',
    (error: { extensions: { code: string } }) => error.extensions.code,
  );

/** How many have met which end. */
function counted(codes: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    [...new Set(codes)].map((code) => [code, codes.filter((each) => each === code).length]),
  );
}

describe('identity is away', () => {
  test('from the start: nobody is called a liar, and all are let in when it is there', async () => {
    answer = away;
    const { verify, keys } = opened();
    const { url: graph } = await openedGateway({
      verifyAccessToken: verify,
      routes: [jwksRoute(keys)],
    });
    const authorization = `Bearer ${await signed(old)}`;
    const refused = await post(graph, { query: '{ whoAsks }' }, { authorization });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({
      errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }],
    });
    expect((await fetch(new URL('/.well-known/jwks.json', graph))).status).toBe(503);
    const socket = await openSocket(graph);
    socket.send({ type: 'connection_init', payload: { authorization } });
    expect(await socket.closed).toBe(1013);
    // Who says nothing of themselves needs no key.
    expect((await post(graph, { query: '{ whoAsks }' })).status).toBe(200);
    answer = published(old);
    const welcome = await post(graph, { query: '{ whoAsks }' }, { authorization });
    expect(await welcome.json()).toMatchObject({
      data: { whoAsks: expect.stringMatching(/^usr_1/) },
    });
    expect(await (await fetch(new URL('/.well-known/jwks.json', graph))).json()).toEqual({
      keys: [old.jwk],
    });
  });

  test('from the start: fifty callers wait for one fetch', async () => {
    answer = away;
    const { verify, fetches } = opened();
    const tokens = await Promise.all(Array.from({ length: 50 }, () => signed(old)));
    const codes = await Promise.all(tokens.map((token) => codeOf(verify(token))));
    expect(counted(codes)).toEqual({ SERVICE_UNAVAILABLE: 50 });
    expect(fetches()).toBe(1);
  });

  test.each<[string, RequestListener]>([
    ['refuses', away],
    ['never answers', () => undefined],
    ['answers 500', (_, response) => response.writeHead(500).end('{"keys":[]}')],
    ['sends somewhere else', (_, response) => response.writeHead(302, { location: '/x' }).end()],
    ['answers with HTML', (_, response) => response.end('<html>')],
    ['has no keys', (_, response) => response.end('{"keys":[]}')],
    ['has keys that are none', (_, response) => response.end('{"keys":"all"}')],
    [
      'breaks off',
      (_, response) => {
        response.writeHead(200, { 'content-length': '500' }).write('{"keys":');
        setImmediate(() => response.destroy());
      },
    ],
    [
      'never comes to an end',
      (_, response) => {
        const more = () => {
          while (!response.destroyed && response.write(' '.repeat(4096)));
        };
        response.on('drain', more);
        more();
      },
    ],
  ])('later, when it %s, what was good last goes on, and nobody waits', async (_, listener) => {
    const { verify, keys, expectFew } = opened({ maxAgeMs: 0 });
    expect(await codeOf(verify(await signed(old)))).toBe('good');
    const tried = Promise.withResolvers<void>();
    answer = (request, response) => {
      listener(request, response);
      tried.resolve();
    };
    const tokens = await Promise.all(Array.from({ length: 20 }, () => signed(old)));
    const codes = await Promise.all(tokens.map((token) => codeOf(verify(token))));
    expect(counted(codes)).toEqual({ good: 20 });
    await tried.promise;
    expect(await codeOf(verify(await signed(old)))).toBe('good');
    expect(await keys.document()).toContain(String(old.jwk.x));
    expectFew();
  });

  test.each<[string, RequestListener]>([
    ['without keys', (_, response) => response.end('{"keys":[]}')],
    [
      'from another address',
      (request, response) =>
        request.url === '/jwks.json'
          ? response.writeHead(302, { location: '/other.json' }).end()
          : published(young)(request, response),
    ],
    [
      'longer than any',
      (_, response) => response.end(' '.repeat(70_000) + JSON.stringify({ keys: [young.jwk] })),
    ],
  ])('a document %s takes nobody’s place, and the log tells of it', async (_, listener) => {
    const told = Promise.withResolvers<void>();
    const log = createLogger({
      ...{ name: 'test', level: 'warn' },
      destination: { write: () => told.resolve() },
    });
    const { verify, keys } = opened({ maxAgeMs: 0, log });
    expect(await codeOf(verify(await signed(old)))).toBe('good');
    answer = listener;
    await keys.document();
    await told.promise;
    expect(await keys.document()).toContain(String(old.jwk.x));
  });
});

describe('a storm of keys that do not exist', () => {
  test('makes one fetch in a cooldown, and who brings a known key does not wait for it', async () => {
    const { verify, fetches } = opened({ cooldownMs: 60_000 });
    const forged = await Promise.all(
      Array.from({ length: 100 }, (_, at) => signed(stranger, `k${at}`)),
    );
    const good = await Promise.all(Array.from({ length: 50 }, () => signed(old)));
    const codes = good.map((token, at) => {
      void codeOf(verify(forged[2 * at] as string));
      void codeOf(verify(forged[2 * at + 1] as string));
      return codeOf(verify(token));
    });
    expect(counted(await Promise.all(codes))).toEqual({ good: 50 });
    expect(fetches()).toBe(1);
  });

  test('ends for each of them, with few fetches', async () => {
    const { verify, expectFew } = opened();
    const rounds: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const storm = Array.from({ length: 100 }, async (_, at) =>
        codeOf(verify(await signed(stranger, `k${round}-${at}`))),
      );
      rounds.push(...(await Promise.all(storm)));
    }
    expect(counted(rounds)).toEqual({ UNAUTHENTICATED: 300 });
    expectFew();
  });

  test('does not keep out who brings a key that was made during it', async () => {
    const { verify, expectFew } = opened();
    expect(await codeOf(verify(await signed(old)))).toBe('good');
    let isOver = false;
    const storm = Array.from({ length: 20 }, async (_, at) => {
      const codes: string[] = [];
      while (!isOver)
        codes.push(await codeOf(verify(await signed(stranger, `k${at}-${codes.length}`))));
      return codes;
    });
    for (let rotation = 0; rotation < 3; rotation += 1) {
      const next = await pairNamed(`next-${rotation}`);
      // Signed with the very moment it is published, which identity itself never does.
      answer = published(old, next);
      const honest = await Promise.all(
        Array.from({ length: 10 }, async (_, at) =>
          codeOf(verify(await signed(at % 2 ? old : next))),
        ),
      );
      expect(counted(honest)).toEqual({ good: 10 });
    }
    isOver = true;
    expect(counted((await Promise.all(storm)).flat())).toEqual({
      UNAUTHENTICATED: expect.any(Number),
    });
    expectFew();
  });

  test('takes no word of a fetch that began before the key was there', async () => {
    const { verify } = opened();
    expect(await codeOf(verify(await signed(old)))).toBe('good');
    const [begun, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    answer = (request, response) => {
      begun.resolve();
      void held.promise.then(() => published(old)(request, response));
    };
    const forged = codeOf(verify(await signed(stranger, 'forged')));
    await begun.promise;
    const honest = codeOf(verify(await signed(young)));
    answer = published(old, young);
    held.resolve();
    expect(await Promise.all([forged, honest])).toEqual(['UNAUTHENTICATED', 'good']);
  });

  test('has room for a thousand; the next are told to come again', async () => {
    const { keys } = opened();
    await keys.document();
    const header = { alg: 'EdDSA', kid: 'unknown' };
    const token = { payload: '', signature: '' };
    const ask = () =>
      keys.getKey(header, token).then(
        () => 'found',
        (error: { code: string }) => error.code,
      );
    const codes = await Promise.all(Array.from({ length: 1_010 }, ask));
    expect(counted(codes)).toEqual({ ERR_JWKS_NO_MATCHING_KEY: 1_000, SERVICE_UNAVAILABLE: 10 });
    expect(await ask()).toBe('ERR_JWKS_NO_MATCHING_KEY');
  });
});

test('a key that is taken back counts no more once the document is old', async () => {
  const { verify } = opened({ maxAgeMs: 0 });
  answer = published(old, young);
  expect(await codeOf(verify(await signed(old)))).toBe('good');
  answer = published(young);
  await expect.poll(async () => codeOf(verify(await signed(old)))).toBe('UNAUTHENTICATED');
  expect(await codeOf(verify(await signed(young)))).toBe('good');
});

test('the public route asks identity as seldom, however many ask it', async () => {
  const { keys, fetches } = opened();
  const ask = () => jwksRoute(keys).handle({ path: '', body: Buffer.alloc(0), headers: {} });
  const answers = await Promise.all(Array.from({ length: 100 }, ask));
  expect(new Set(answers.map(({ body }) => body))).toEqual(
    new Set([JSON.stringify({ keys: [old.jwk] })]),
  );
  expect(fetches()).toBe(1);
});
