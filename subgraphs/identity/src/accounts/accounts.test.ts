import { randomUUID } from 'node:crypto';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import pg from 'pg';
import { expect, test } from 'vitest';
import { PASSWORD, useIdentity } from '../testing/use-identity.ts';

const identity = useIdentity();

const REGISTER = /* GraphQL */ `
  mutation ($input: RegisterInput!) {
    register(input: $input) {
      __typename
      ... on RegisterSuccess { user { __typename id displayName handle } session { accessToken } }
      ... on UserError { code message path }
    }
  }
`;

const SIGN_IN = /* GraphQL */ `
  mutation ($input: SignInInput!) {
    signIn(input: $input) {
      __typename
      ... on SignInSuccess { user { id } session { sessionId accessToken } }
      ... on UserError { code message path }
    }
  }
`;

function registration(changes: Record<string, unknown> = {}) {
  const handle = `p${randomUUID().replaceAll('-', '').slice(0, 20)}`;
  const email = `${handle}@example.org`;
  const profile = { civilian: {} };
  return { email, password: PASSWORD, displayName: 'Ada Lovelace', handle, profile, ...changes };
}

async function register(changes: Record<string, unknown> = {}) {
  const input = registration(changes);
  const { register: result } = await identity.as().run(REGISTER, { input });
  return { input, result };
}

async function query(sql: string, values: unknown[] = []) {
  const client = new pg.Client({ connectionString: identity.databaseUrl });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}

test.each([
  ['Civilian', { civilian: {} }],
  ['Merchant', { merchant: { tradeName: 'Ada & Co', category: 'books' } }],
  ['Officer', { officer: { badgeNumber: `B-${Date.now()}`, department: 'Harbour' } }],
  ['Family', { family: { needsStatement: 'A washing machine.', householdSize: 4 } }],
  ['Donor', { donor: { donorType: 'PERSON' } }],
])('%s: somebody of this kind registers and is signed in', async (typename, profile) => {
  const { result } = await register({ profile });
  expect(result).toMatchObject({ __typename: 'RegisterSuccess', user: { __typename: typename } });
});

test('an access token is an EdDSA at+jwt that the published keys verify', async () => {
  const { result } = await register();
  const [route] = identity.subgraph.routes;
  const jwks = JSON.parse(
    (await route?.handle({ body: Buffer.alloc(0), headers: {} }))?.body ?? '',
  );
  expect(JSON.stringify(jwks)).not.toContain('"d"');
  const { accessToken } = result.session;
  const { payload } = await jwtVerify(accessToken, createLocalJWKSet(jwks), {
    typ: 'at+jwt',
    issuer: 'https://civitas.test',
    audience: 'test',
  });
  expect(payload).toMatchObject({ sub: result.user.id, kind: 'CIVILIAN', roles: [] });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
  expect(decodeProtectedHeader(accessToken).alg).toBe('EdDSA');
});

test('the account of an e-mail address is one, whatever its case', async () => {
  const { input } = await register();
  const { result } = await register({ email: ` ${input.email.toUpperCase()} ` });
  expect(result).toMatchObject({ code: 'EMAIL_TAKEN', path: ['input', 'email'] });
});

test('handles are unique without regard to case, and some are reserved', async () => {
  const { input } = await register();
  const { result } = await register({ handle: input.handle.toUpperCase() });
  expect(result).toMatchObject({ code: 'HANDLE_TAKEN', path: ['input', 'handle'] });
  expect((await register({ handle: 'Admin' })).result.code).toBe('HANDLE_TAKEN');
});

test('a badge number registers once', async () => {
  const profile = { officer: { badgeNumber: `X-${Date.now()}`, department: 'Harbour' } };
  await register({ profile });
  expect((await register({ profile })).result.code).toBe('BADGE_NUMBER_TAKEN');
});

test('of twenty that register the same address at once, one succeeds and nothing else is left', async () => {
  const email = `${randomUUID()}@example.org`;
  const results = await Promise.all(Array.from({ length: 20 }, () => register({ email })));
  const outcomes = results.map(({ result }) => result.__typename).sort();
  expect(outcomes).toEqual([...Array(19).fill('EmailTaken'), 'RegisterSuccess']);
  const handles = results.map(({ input }) => input.handle);
  const [users] = await query('SELECT count(*)::int FROM "user" WHERE handle = ANY ($1)', [
    handles,
  ]);
  expect(users.count).toBe(1);
});

test('registering and its event are one transaction', async () => {
  const { result } = await register();
  const [row] = await query('SELECT type, payload FROM outbox WHERE aggregate_id = $1', [
    result.user.id,
  ]);
  expect(row).toEqual({
    type: 'identity.user.registered',
    payload: { userId: result.user.id, kind: 'CIVILIAN' },
  });
});

test.each([
  ['no e-mail address', { email: 'ada' }, ['input', 'email']],
  ['too long an address', { email: `${'a'.repeat(250)}@example.org` }, ['input', 'email']],
  ['a short password', { password: 'too short' }, ['input', 'password']],
  ['a long password', { password: 'x'.repeat(129) }, ['input', 'password']],
  ['an empty name', { displayName: ' \t ' }, ['input', 'displayName']],
  ['a name that is too long', { displayName: 'x'.repeat(81) }, ['input', 'displayName']],
  ['a NUL in the name', { displayName: 'A\u0000da' }, ['input', 'displayName']],
  ['half a surrogate pair', { displayName: 'Ada \ud800' }, ['input', 'displayName']],
  ['a handle with other letters', { handle: 'аdа-lovelace' }, ['input', 'handle']],
  ['a handle with CRLF', { handle: 'ada\r\nx-evil: 1' }, ['input', 'handle']],
  [
    'nobody in the household',
    { profile: { family: { needsStatement: 'x', householdSize: 0 } } },
    ['input', 'profile'],
  ],
])('%s is refused with the path of the field, and nothing is stored', async (_, changes, path) => {
  const { input, result } = await register(changes);
  expect(result.code).toBe('INVALID_INPUT');
  expect(result.path.slice(0, path.length)).toEqual(path);
  const stored = await query('SELECT 1 FROM account WHERE email = $1', [
    input.email.replaceAll('\u0000', ''),
  ]);
  expect(stored).toEqual([]);
});

test.each([{}, { civilian: {}, donor: { donorType: 'PERSON' } }, { civilian: null }])(
  'the profile %j is not of exactly one kind, so it is refused',
  async (profile) => {
    const { result } = await register({ profile });
    expect(result).toMatchObject({ code: 'INVALID_INPUT', path: ['input', 'profile'] });
  },
);

test('the right password signs in; a wrong one and an unknown address are answered alike', async () => {
  const { email, viewer } = await identity.register();
  const signIn = async (input: object) => (await identity.as().run(SIGN_IN, { input })).signIn;
  expect(await signIn({ email, password: PASSWORD })).toMatchObject({ user: { id: viewer.id } });
  const wrong = await signIn({ email, password: `${PASSWORD}!` });
  expect(wrong).toMatchObject({ __typename: 'InvalidCredentials', path: null });
  expect(await signIn({ email: `x${email}`, password: PASSWORD })).toEqual(wrong);
});

test('nothing of a password or a refresh token is stored as it is', async () => {
  const { refreshToken, viewer } = await identity.register();
  const rows = await query(
    `SELECT a.password_hash, encode(r.hash, 'hex') AS hash FROM account a
     JOIN session s USING (user_id) JOIN refresh_token r ON r.session_id = s.id WHERE a.user_id = $1`,
    [viewer.id],
  );
  expect(rows[0].password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(JSON.stringify(rows)).not.toContain(PASSWORD);
  expect(JSON.stringify(rows)).not.toContain(
    Buffer.from(refreshToken, 'base64url').toString('hex'),
  );
});

test('me is the viewer, and nobody when nobody is signed in', async () => {
  const { viewer } = await identity.register();
  expect((await identity.as(viewer).run('{ me { id } }')).me).toEqual({ id: viewer.id });
  expect((await identity.as().run('{ me { id } }')).me).toBeNull();
});
