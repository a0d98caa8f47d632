import { randomUUID } from 'node:crypto';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import pg from 'pg';
import { expect, test } from 'vitest';
import { recordingMailer, tokenIn } from '../testing/recording-mailer.ts';
import { PASSWORD, testClock, useIdentity } from '../testing/use-identity.ts';

const clock = testClock();
const mailer = recordingMailer();
const identity = useIdentity({ clock, mailer });

const REGISTER = /* GraphQL */ `
  mutation ($input: RegisterInput!) {
    register(input: $input) {
      __typename
      ... on RegistrationStarted { recipient registrationToken }
      ... on UserError { code message path }
    }
  }
`;

const CONFIRM = /* GraphQL */ `
  mutation ($input: ConfirmRegistrationInput!) {
    confirmRegistration(input: $input) {
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

async function start(changes: Record<string, unknown> = {}) {
  const input = registration(changes);
  const { register: result } = await identity.as().run(REGISTER, { input });
  return { input, result };
}

async function confirm(input: Record<string, unknown>) {
  return (await identity.as().run(CONFIRM, { input })).confirmRegistration;
}

const codeFor = async (email: string) =>
  tokenIn(await mailer.take(email, /^Finish your registration/));

/** From the form to the account. */
async function register(changes: Record<string, unknown> = {}) {
  const { input, result: started } = await start(changes);
  const { registrationToken } = started;
  if (registrationToken === undefined) return { input, result: started };
  const code = await codeFor(started.recipient);
  return { input, result: await confirm({ registrationToken, code }) };
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
  const request = { path: '/.well-known/jwks.json', body: Buffer.alloc(0), headers: {} };
  const answer = await route?.handle(request);
  const jwks = JSON.parse(typeof answer?.body === 'string' ? answer.body : '');
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

test('an address that has an account is answered like any other; only its reader is told', async () => {
  const { input } = await register();
  const again = await start({ email: ` ${input.email.toUpperCase()} ` });
  const fresh = await start();
  const shape = (result: Record<string, string>) => ({
    ...result,
    recipient: '',
    registrationToken: result['registrationToken']?.length,
  });
  expect(shape(again.result)).toEqual(shape(fresh.result));
  const mail = await mailer.take(input.email, /account already/);
  expect(() => tokenIn(mail)).toThrow('No token');
  const { registrationToken } = again.result;
  expect((await confirm({ registrationToken, code: '' })).code).toBe('ONE_TIME_TOKEN_INVALID');
});

test('whoever reads the mail of a registration begun in their name does not finish it', async () => {
  const email = `${randomUUID()}@example.org`;
  const thief = await start({ email, password: 'the thief knows this password' });
  const thiefsCode = await codeFor(email);
  const victim = await start({ email });
  const code = await codeFor(email);
  const refused = { code: 'ONE_TIME_TOKEN_INVALID', path: ['input', 'code'] };
  const [theirs, mine] = [thief.result.registrationToken, victim.result.registrationToken];
  expect(await confirm({ registrationToken: mine, code: thiefsCode })).toMatchObject(refused);
  expect(await confirm({ registrationToken: theirs, code })).toMatchObject(refused);
  expect((await confirm({ registrationToken: mine, code })).__typename).toBe('RegisterSuccess');
  // The other one is worthless now, even to somebody who has both halves.
  expect(await confirm({ registrationToken: theirs, code: thiefsCode })).toMatchObject(refused);
});

test('a registration is confirmed once, within a day', async () => {
  const { result } = await start();
  const { registrationToken, recipient } = result;
  const code = await codeFor(recipient);
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => confirm({ registrationToken, code })),
  );
  const typenames = answers.map(({ __typename }) => __typename).sort();
  expect(typenames).toEqual([...Array(7).fill('OneTimeTokenInvalid'), 'RegisterSuccess']);
  const late = await start();
  const lateCode = await codeFor(late.result.recipient);
  clock.advance(24 * 60 * 60_000);
  const expired = { registrationToken: late.result.registrationToken, code: lateCode };
  expect((await confirm(expired)).code).toBe('ONE_TIME_TOKEN_INVALID');
});

test('a handle that was taken meanwhile can be changed without registering anew', async () => {
  const [first, second] = [
    await start({ handle: 'twice-wanted' }),
    await start({ handle: 'twice-wanted' }),
  ];
  const finish = async ({ result }: typeof first, handle?: string) => {
    const { registrationToken, recipient } = result;
    codes[recipient] ??= await codeFor(recipient);
    return confirm({ registrationToken, code: codes[recipient], handle });
  };
  const codes: Record<string, string> = {};
  expect((await finish(first)).user.handle).toBe('twice-wanted');
  expect((await finish(second)).code).toBe('HANDLE_TAKEN');
  expect((await finish(second, 'admin')).code).toBe('HANDLE_TAKEN');
  expect((await finish(second, 'second-choice')).user.handle).toBe('second-choice');
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

test('of ten that register the same address at once, one gets the account and nothing else is left', async () => {
  const email = `${randomUUID()}@example.org`;
  const started = await Promise.all(Array.from({ length: 10 }, () => start({ email })));
  const rows = await codesOf(email, started.length);
  const answers = await Promise.all(
    started.flatMap(({ result: { registrationToken } }) =>
      rows.map((code) => confirm({ registrationToken, code })),
    ),
  );
  expect(answers.filter(({ __typename }) => __typename === 'RegisterSuccess')).toHaveLength(1);
  const handles = started.map(({ input }) => input.handle);
  const [users] = await query('SELECT count(*)::int FROM "user" WHERE handle = ANY ($1)', [
    handles,
  ]);
  expect(users.count).toBe(1);
});

const codesOf = (email: string, count: number) =>
  Promise.all(Array.from({ length: count }, () => codeFor(email)));

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
  expect(rows[0].password_hash).toMatch(/^\$argon2id\$v=19\$m=\d+,t=\d,p=1\$/);
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
