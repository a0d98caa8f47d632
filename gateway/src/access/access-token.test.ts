import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { createAccessTokenVerifier, type VerifyAccessToken } from './access-token.ts';
import { createIdentify } from './identify.ts';

const ISSUER = 'https://civitas.local';
const claims = {
  kind: 'OFFICER',
  roles: ['MODERATOR'],
  policies: ['moderator', 'officer'],
  scope: 'a:read  b:write',
  sid: 'ses_1',
};

let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let stranger: typeof keys;
/** Published, and no key of access tokens. */
let otherKind: typeof keys;
let verify: VerifyAccessToken;
const identify = createIdentify({
  verifyAccessToken: (token) => verify(token),
  directory: undefined,
});

beforeAll(async () => {
  keys = await generateKeyPair('EdDSA');
  stranger = await generateKeyPair('EdDSA');
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'EdDSA', use: 'sig' };
  otherKind = await generateKeyPair('ES256');
  const otherJwk = { ...(await exportJWK(otherKind.publicKey)), kid: 'k3', alg: 'ES256' };
  verify = createAccessTokenVerifier({
    keys: createLocalJWKSet({ keys: [jwk, otherJwk] }),
    issuer: ISSUER,
    audience: 'civitas',
  });
});

const HEADER = { alg: 'EdDSA', typ: 'at+jwt', kid: 'k1' };

const valid = (payload: Record<string, unknown> = claims, header = HEADER) =>
  new SignJWT(payload)
    .setProtectedHeader(header)
    .setSubject('usr_1')
    .setIssuer(ISSUER)
    .setAudience('civitas')
    .setExpirationTime('5m');

test('a valid token becomes a viewer', async () => {
  expect(await verify(await valid().sign(keys.privateKey))).toEqual({
    type: 'user',
    id: 'usr_1',
    kind: 'OFFICER',
    roles: ['MODERATOR'],
    policies: ['moderator', 'officer'],
    scopes: ['a:read', 'b:write'],
    sessionId: 'ses_1',
  });
  const proved = await valid({ ...claims, auth_time: 1_700_000_000 }).sign(keys.privateKey);
  expect(await verify(proved)).toMatchObject({ provedAt: 1_700_000_000 });
});

test.each<[string, () => Promise<string>]>([
  ['expired', () => valid().setExpirationTime('-1s').sign(keys.privateKey)],
  [
    'without expiry',
    () =>
      new SignJWT(claims)
        .setProtectedHeader(HEADER)
        .setSubject('usr_1')
        .setIssuer(ISSUER)
        .setAudience('civitas')
        .sign(keys.privateKey),
  ],
  [
    'signed by a published key of another kind',
    () => valid(claims, { ...HEADER, alg: 'ES256', kid: 'k3' }).sign(otherKind.privateKey),
  ],
  ['signed by somebody else', () => valid().sign(stranger.privateKey)],
  ['for another audience', () => valid().setAudience('elsewhere').sign(keys.privateKey)],
  ['of another issuer', () => valid().setIssuer('https://evil.example').sign(keys.privateKey)],
  ['of another type', () => valid(claims, { ...HEADER, typ: 'rt+jwt' }).sign(keys.privateKey)],
  [
    'signed with a shared secret',
    () => valid(claims, { ...HEADER, alg: 'HS256' }).sign(new Uint8Array(32)),
  ],
  [
    'signed with our public key as if it were a shared secret',
    async () => {
      const published = JSON.stringify(await exportJWK(keys.publicKey));
      return valid(claims, { ...HEADER, alg: 'HS256' }).sign(new TextEncoder().encode(published));
    },
  ],
  [
    'signed by the key it brings or names itself',
    async () => {
      const jwk = await exportJWK(stranger.publicKey);
      const header = { ...HEADER, kid: 'k2', jku: 'https://evil.example/jwks.json', jwk };
      return valid(claims, header).sign(stranger.privateKey);
    },
  ],
  ['a megabyte long', async () => `${'a'.repeat(500_000)}.${'b'.repeat(500_000)}.c`],
  [
    'a megabyte long and well-formed',
    () => valid({ ...claims, padding: 'x'.repeat(1_000_000) }).sign(stranger.privateKey),
  ],
  [
    'without a signature',
    async () => {
      const [, body] = (await valid().sign(keys.privateKey)).split('.');
      return `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${body}.`;
    },
  ],
  ['of something that is not a user', () => valid().setSubject('svc_1').sign(keys.privateKey)],
  ['of an unknown kind', () => valid({ ...claims, kind: 'KING' }).sign(keys.privateKey)],
  ['garbage', async () => 'garbage'],
])('a token that is %s is refused', async (_, token) => {
  await expect(verify(await token())).rejects.toMatchObject({
    extensions: { code: 'UNAUTHENTICATED' },
    message: 'The access token is not valid or has expired.',
  });
});

test.each(['Basic dTpw', 'Bearer', 'Bearer a b', 'token'])(
  'authorization %j is refused, not anonymous',
  async (given) => {
    await expect(identify(given, undefined)).rejects.toMatchObject({
      extensions: { code: 'UNAUTHENTICATED' },
    });
  },
);

test('no authorization is anonymous', async () => {
  expect(await identify(undefined, undefined)).toEqual({ viewer: { type: 'anonymous' } });
});

test('the signature of a token is checked once, its expiry every time', async () => {
  let asked = 0;
  let now = Date.now();
  const verifyAt = createAccessTokenVerifier({
    keys: async () => {
      asked += 1;
      return keys.publicKey;
    },
    issuer: ISSUER,
    audience: 'civitas',
    now: () => new Date(now),
  });
  const token = await valid().sign(keys.privateKey);
  expect(await verifyAt(token)).toEqual(await verifyAt(token));
  expect(asked).toBe(1);
  now += 5 * 60_000;
  await expect(verifyAt(token)).rejects.toMatchObject({
    extensions: { code: 'UNAUTHENTICATED' },
  });
  const forged = `${token.slice(0, -8)}AAAAAAA${token.at(-1)}`;
  await expect(verifyAt(forged)).rejects.toThrow();
  expect(asked).toBe(2);
});
