import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { findRoute } from '@civitas/platform/subgraph';
import { beforeAll, describe, expect, test } from 'vitest';
import { type LyingProvider, startLyingProvider } from '../testing/lying-provider.ts';
import {
  type KnownPerson,
  startOpenidProvider,
  type TestProvider,
} from '../testing/openid-provider.ts';
import { recordingMailer } from '../testing/recording-mailer.ts';
import { signInsOf } from '../testing/sign-ins-of.ts';
import { softwareAuthenticator } from '../testing/software-authenticator.ts';
import { sql } from '../testing/sql.ts';
import { unconfirmAddress } from '../testing/unconfirm-address.ts';
import {
  PASSWORD,
  RETURN_URL,
  type Registered,
  testClock,
  useIdentity,
} from '../testing/use-identity.ts';

const MINUTE_MS = 60_000;
const OURS = 'https://civitas.test';
let provider: TestProvider;
let liar: LyingProvider;
beforeAll(async () => {
  provider = await startOpenidProvider(`${OURS}/signin/testid/callback`);
  liar = await startLyingProvider();
  return () => Promise.all([provider.stop(), liar.stop()]);
});
const away = {
  id: 'away',
  name: 'Away',
  issuer: 'http://localhost:1',
  clientId: 'civitas',
  clientSecret: 'x',
  scopes: 'openid',
};
const clock = testClock();
const mailer = recordingMailer();
const identity = useIdentity({
  clock,
  mailer,
  providers: () => [provider.config, liar.config, away],
});

const OUTCOME = '__typename ... on UserError { code path }';
const SESSION =
  '... on SignInSuccess { user { id } session { sessionId } } ... on MfaRequired { challengeToken methods }';
const operations = {
  signInWithProvider: `mutation ($input: SignInWithProviderInput!) { result: signInWithProvider(input: $input) { ${OUTCOME} ${SESSION} ... on RegistrationNeeded { email suggestedName } } }`,
  registerWithProvider: `mutation ($input: RegisterWithProviderInput!) { result: registerWithProvider(input: $input) { ${OUTCOME} ... on RegisterSuccess { user { id handle } session { sessionId } } } }`,
  linkProvider: `mutation ($input: LinkProviderInput!) { result: linkProvider(input: $input) { ${OUTCOME} ... on LinkProviderSuccess { account { linkedProviders { id providerId email } } } } }`,
  unlinkProvider: `mutation ($input: UnlinkProviderInput!) { result: unlinkProvider(input: $input) { ${OUTCOME} } }`,
  signIn: `mutation ($input: SignInInput!) { result: signIn(input: $input) { ${OUTCOME} ${SESSION} } }`,
};

async function perform(
  name: keyof typeof operations,
  input: object,
  viewer?: Registered['viewer'],
) {
  return (await identity.as(viewer).run(operations[name], { input })).result;
}

/** Asks one of identity's own routes, as the gateway would. */
async function ask(target: string, cookie = '') {
  const url = new URL(target, OURS);
  const route = findRoute(identity.subgraph.routes, 'GET', url.pathname);
  if (!route) throw new Error(`No route for ${url.pathname}`);
  const query = url.searchParams;
  const answer = await route.handle({
    path: url.pathname,
    body: Buffer.alloc(0),
    headers: { cookie },
    query,
  });
  const set = answer.headers?.['set-cookie'];
  return {
    ...answer,
    location: answer.headers?.['location'] ?? '',
    cookie: set?.split(';')[0] ?? '',
    set,
  };
}

interface App {
  readonly codeVerifier: string;
  readonly cookie: string;
  /** Where the provider is asked. */
  readonly url: string;
}

async function begin(id = 'testid'): Promise<App> {
  const codeVerifier = randomBytes(32).toString('base64url');
  const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
  const query = new URLSearchParams({ return_to: RETURN_URL, code_challenge: codeChallenge });
  const { location: url, cookie } = await ask(`/signin/${id}?${query}`);
  return { codeVerifier, cookie, url };
}

/** Lets somebody sign in at the provider, as their browser would. @returns where it sends them. */
async function atProvider(url: string, person: string): Promise<string> {
  provider.person = person;
  const cookies = new Map<string, string>();
  let next = url;
  for (let hop = 0; hop < 10 && !next.startsWith(OURS); hop += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(next, { redirect: 'manual', headers: { cookie } });
    for (const set of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = set.split(';')[0]?.split(/=(.*)/s) ?? [];
      cookies.set(name, value);
    }
    next = new URL(answer.headers.get('location') ?? '', next).href;
  }
  return next;
}

const resultIn = (location: string) => {
  const { origin, pathname, searchParams } = new URL(location);
  expect(`${origin}${pathname}`).toBe(RETURN_URL);
  return Object.fromEntries(searchParams);
};

/** From the button to the code in the app's hands. */
async function come(known: KnownPerson, person: string = randomUUID()) {
  provider.people.set(person, known);
  const app = await begin();
  const { location } = await ask(await atProvider(app.url, person), app.cookie);
  const { code = '' } = resultIn(location);
  return { person, code, codeVerifier: app.codeVerifier };
}

const newPerson = (email = `${randomUUID()}@example.org`): KnownPerson => ({
  email,
  email_verified: true,
  name: 'Ada Lovelace',
});
const profileOf = () => ({
  displayName: 'Ada',
  handle: `o${randomUUID().replaceAll('-', '').slice(0, 20)}`,
  profile: { civilian: {} },
});

test('somebody new registers by a provider, signs in by it again, and has no password', async () => {
  const known = newPerson();
  const { code, codeVerifier, person } = await come(known);
  const proof = { code, codeVerifier };
  expect(await perform('signInWithProvider', proof)).toEqual({
    __typename: 'RegistrationNeeded',
    email: known.email,
    suggestedName: 'Ada Lovelace',
  });
  const made = await perform('registerWithProvider', { ...proof, ...profileOf() });
  expect(made.__typename).toBe('RegisterSuccess');
  const again = await come(known, person);
  const signedIn = await perform('signInWithProvider', {
    code: again.code,
    codeVerifier: again.codeVerifier,
  });
  expect(signedIn).toMatchObject({ __typename: 'SignInSuccess', user: { id: made.user.id } });
  const { email } = known;
  expect((await perform('signIn', { email, password: PASSWORD })).code).toBe('INVALID_CREDENTIALS');
  const viewer = {
    type: 'user',
    id: made.user.id,
    kind: 'CIVILIAN',
    roles: [],
    scopes: [],
    sessionId: made.session.sessionId,
  } as const;
  const { myAccount } = await identity
    .as(viewer)
    .run('{ myAccount { emailVerified linkedProviders { id providerId email } } }');
  expect(myAccount).toMatchObject({
    emailVerified: true,
    linkedProviders: [{ providerId: 'testid', email }],
  });
  const linkId = myAccount.linkedProviders[0].id;
  expect((await perform('unlinkProvider', { linkId }, viewer)).code).toBe('LAST_SIGN_IN_METHOD');
});

describe('an answer of a provider', () => {
  test('is worth nothing without the verifier, twice, or after ten minutes', async () => {
    const { code, codeVerifier } = await come(newPerson());
    const invalid = { code: 'PROVIDER_CODE_INVALID', path: ['input', 'code'] };
    const foreign = { code, codeVerifier: randomBytes(32).toString('base64url') };
    expect(await perform('signInWithProvider', foreign)).toMatchObject(invalid);
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () =>
        perform('registerWithProvider', { code, codeVerifier, ...profileOf() }),
      ),
    );
    expect(outcomes.filter(({ __typename }) => __typename === 'RegisterSuccess')).toHaveLength(1);
    expect(await perform('signInWithProvider', { code, codeVerifier })).toMatchObject(invalid);
    const late = await come(newPerson());
    clock.advance(10 * MINUTE_MS);
    const input = { code: late.code, codeVerifier: late.codeVerifier };
    expect(await perform('signInWithProvider', input)).toMatchObject(invalid);
  });

  test('that comes back ends the session that it opened, for whoever has both its halves alone', async () => {
    const known = newPerson();
    const { person, ...proof } = await come(known);
    await perform('registerWithProvider', { ...proof, ...profileOf() });
    const isOpen = async (sessionId: string) =>
      (
        await sql(
          identity.databaseUrl,
          'SELECT revoked_at IS NULL AS open FROM session WHERE id = $1',
          [sessionId],
        )
      )[0].open;
    const { person: _, ...again } = await come(known, person);
    const { session } = await perform('signInWithProvider', again);
    const foreign = { ...again, codeVerifier: randomBytes(32).toString('base64url') };
    expect((await perform('signInWithProvider', foreign)).code).toBe('PROVIDER_CODE_INVALID');
    expect(await isOpen(session.sessionId)).toBe(true);
    clock.advance(11 * MINUTE_MS);
    expect((await perform('signInWithProvider', again)).code).toBe('PROVIDER_CODE_INVALID');
    expect(await isOpen(session.sessionId)).toBe(false);
    const log = `SELECT type FROM security_event WHERE session_id = $1 ORDER BY occurred_at DESC`;
    const [latest] = await sql(identity.databaseUrl, log, [session.sessionId]);
    expect(latest).toEqual({ type: 'SESSION_STOLEN' });
  });

  test('of which many are used at once ends, too, what the first of them opened', async () => {
    const known = newPerson();
    const { person, ...proof } = await come(known);
    await perform('registerWithProvider', { ...proof, ...profileOf() });
    const { person: _, ...again } = await come(known, person);
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => perform('signInWithProvider', again)),
    );
    const opened = outcomes.filter(({ __typename }) => __typename === 'SignInSuccess');
    expect(opened).toHaveLength(1);
    const live = `SELECT id FROM session WHERE id = $1 AND revoked_at IS NULL`;
    expect(await sql(identity.databaseUrl, live, [opened[0].session.sessionId])).toEqual([]);
  });

  test('counts in the browser that began, once, with its own state', async () => {
    provider.people.set('u1', newPerson());
    const [app, other] = [await begin(), await begin()];
    const callback = await atProvider(app.url, 'u1');
    expect((await ask(callback)).status).toBe(400);
    expect(resultIn((await ask(callback, other.cookie)).location)).toEqual({
      error: 'sign_in_failed',
    });
    const tampered = `${app.cookie.slice(0, -3)}AAA`;
    expect((await ask(callback, tampered)).status).toBe(400);
    const first = await ask(callback, app.cookie);
    expect(Object.keys(resultIn(first.location))).toEqual(['code']);
    expect(first.set).toContain('Max-Age=0');
    const { code } = resultIn(first.location);
    const made = await perform('registerWithProvider', {
      ...{ code, codeVerifier: app.codeVerifier },
      ...profileOf(),
    });
    const live = `SELECT id FROM session WHERE id = $1 AND revoked_at IS NULL`;
    const { sessionId } = made.session;
    const strange = new URL(callback);
    strange.searchParams.set('state', 'another');
    await ask(strange.href, app.cookie);
    expect(await sql(identity.databaseUrl, live, [sessionId])).toHaveLength(1);
    // The provider's code is there a second time, with the browser's half of it.
    expect(resultIn((await ask(callback, app.cookie)).location)).toEqual({
      error: 'sign_in_failed',
    });
    expect(await sql(identity.databaseUrl, live, [sessionId])).toEqual([]);
  });

  test('of one provider is not taken for one of another', async () => {
    const app = await begin('liar');
    const callback = new URL(await atProvider((await begin()).url, 'u2'));
    callback.pathname = '/signin/liar/callback';
    expect(resultIn((await ask(callback.href, app.cookie)).location)).toEqual({
      error: 'sign_in_failed',
    });
    callback.pathname = '/signin/testid/callback';
    expect((await ask(callback.href, app.cookie)).status).toBe(400);
  });

  test('that it was declined is told to the app', async () => {
    const app = await begin();
    const state = new URL(app.url).searchParams.get('state') ?? '';
    const declined = (given: string) =>
      ask(`/signin/testid/callback?error=access_denied&state=${given}`, app.cookie);
    expect(resultIn((await declined(state)).location)).toEqual({ error: 'access_denied' });
    expect(resultIn((await declined('other')).location)).toEqual({ error: 'sign_in_failed' });
  });
});

describe('what a lying provider says', () => {
  async function tell(
    lies: Record<string, unknown>,
    { iss, isForged = false }: { iss?: string; isForged?: boolean } = {},
  ) {
    const app = await begin('liar');
    const { searchParams } = new URL(app.url);
    expect(searchParams.get('code_challenge_method')).toBe('S256');
    liar.lies = { nonce: searchParams.get('nonce'), ...lies };
    liar.isForged = isForged;
    const query = new URLSearchParams({
      code: 'x',
      state: searchParams.get('state') ?? '',
      iss: iss ?? liar.config.issuer,
    });
    const { location } = await ask(`/signin/liar/callback?${query}`, app.cookie);
    const result: { code?: string; error?: string } = resultIn(location);
    return { ...result, codeVerifier: app.codeVerifier };
  }

  test('is believed when it is well-formed', async () => {
    expect(Object.keys(await tell({}))).toEqual(['code', 'codeVerifier']);
  });

  test.each([
    'liar@example.org\r\nBcc: evil@example.org',
    'liar@example.org, evil@example.org',
    'Liar <liar@example.org>',
    'liar\u0000@example.org',
    `${'l'.repeat(300)}@example.org`,
  ])('of an address like %.30j is not taken for one', async (email) => {
    const claims = { sub: randomUUID(), email, email_verified: true, name: 'Li\r\nar' };
    const { codeVerifier, code } = await tell(claims);
    const answer = await perform('signInWithProvider', { codeVerifier, code });
    expect(answer.code).toBe('PROVIDER_EMAIL_NOT_VERIFIED');
    const known = await tell({ ...claims, email: `${claims.sub}@Example.org ` });
    expect(await perform('signInWithProvider', known)).toEqual({
      __typename: 'RegistrationNeeded',
      email: `${claims.sub}@example.org`,
      suggestedName: null,
    });
  });

  test.each<[string, Record<string, unknown>, { iss?: string; isForged?: boolean }?]>([
    ['with another nonce', { nonce: 'another' }],
    ['without a nonce', { nonce: undefined }],
    ['in the name of another issuer', { iss: 'https://accounts.google.com' }],
    ['for another client', { aud: 'another' }],
    ['for several clients, not acting for us', { aud: ['civitas', 'another'], azp: 'another' }],
    ['too late', { exp: 1 }],
    ['signed by somebody else', {}, { isForged: true }],
    ['after a mix-up of providers', {}, { iss: 'https://accounts.google.com' }],
  ])('%s is refused', async (_, lies, how) => {
    expect(await tell(lies, how)).toMatchObject({ error: 'sign_in_failed' });
  });
});

test('a provider that is away is told to the app, and nothing hangs', async () => {
  const challenge = createHash('sha256').update('x').digest('base64url');
  const query = new URLSearchParams({ return_to: RETURN_URL, code_challenge: challenge });
  const { status, location } = await ask(`/signin/away?${query}`);
  expect(status).toBe(302);
  expect(resultIn(location)).toEqual({ error: 'provider_unavailable' });
});

test.each([
  'https://evil.example/signed-in',
  `${RETURN_URL}.evil.example`,
  `${RETURN_URL}?next=https://evil.example`,
  '//evil.example',
  'javascript:alert(1)',
  `${RETURN_URL}\r\nset-cookie: a=b`,
  '',
])('nobody is sent to %j', async (returnTo) => {
  const challenge = createHash('sha256').update('x').digest('base64url');
  const query = new URLSearchParams({ return_to: returnTo, code_challenge: challenge });
  const { status, location, set } = await ask(`/signin/testid?${query}`);
  expect([status, location, set]).toEqual([400, '', undefined]);
});

describe('an account that exists', () => {
  test.each([true, false])(
    'is not opened by a provider that vouches for its address (address confirmed here: %s)',
    async (isConfirmed) => {
      const owner = await identity.register();
      if (!isConfirmed) await unconfirmAddress(identity, owner);
      const { code, codeVerifier } = await come(newPerson(owner.email));
      const proof = { code, codeVerifier };
      expect((await perform('signInWithProvider', proof)).code).toBe('ACCOUNT_EXISTS');
      const registered = await perform('registerWithProvider', { ...proof, ...profileOf() });
      expect(registered.code).toBe('ACCOUNT_EXISTS');
    },
  );

  test('links a provider when its owner is signed in and has just shown it; then the provider opens it', async () => {
    const owner = await identity.register();
    const first = await come(newPerson(owner.email));
    const link = { code: first.code, codeVerifier: first.codeVerifier };
    expect((await perform('signInWithProvider', link)).code).toBe('ACCOUNT_EXISTS');
    const linked = await perform('linkProvider', link, owner.viewer);
    expect(linked.account.linkedProviders).toMatchObject([{ providerId: 'testid' }]);
    await mailer.take(owner.email, /Another way to sign in/);
    const { code, codeVerifier } = await come(newPerson(owner.email), first.person);
    const opened = await perform('signInWithProvider', { code, codeVerifier });
    expect(opened).toMatchObject({ __typename: 'SignInSuccess', user: { id: owner.viewer.id } });
    const other = await identity.register();
    const stolen = await come({}, first.person);
    const take = { code: stolen.code, codeVerifier: stolen.codeVerifier };
    expect((await perform('linkProvider', take, other.viewer)).code).toBe('LINKED_ELSEWHERE');
    clock.advance(11 * MINUTE_MS);
    expect((await perform('linkProvider', take, other.viewer)).code).toBe('STEP_UP_REQUIRED');
    const linkId = linked.account.linkedProviders[0].id;
    const unlink = { linkId, password: PASSWORD };
    expect((await perform('unlinkProvider', unlink, other.viewer)).code).toBe('LINK_NOT_FOUND');
    expect((await perform('unlinkProvider', unlink, owner.viewer)).__typename).toBe(
      'UnlinkProviderSuccess',
    );
  });

  test('asks for its second step after a provider too', async () => {
    const owner = await identity.register();
    const { code, codeVerifier, person } = await come(newPerson(owner.email));
    await perform('linkProvider', { code, codeVerifier }, owner.viewer);
    const { start } = await identity
      .as(owner.viewer)
      .run(
        'mutation { start: startPasskeyRegistration { ... on PasskeyCreationOptions { options } } }',
      );
    const credential = softwareAuthenticator().create(start.options);
    await identity
      .as(owner.viewer)
      .run(
        'mutation ($input: FinishPasskeyRegistrationInput!) { finishPasskeyRegistration(input: $input) { __typename } }',
        { input: { credential, name: 'x' } },
      );
    const again = await come({}, person);
    const answer = await perform('signInWithProvider', {
      code: again.code,
      codeVerifier: again.codeVerifier,
    });
    expect(answer).toMatchObject({
      __typename: 'MfaRequired',
      methods: ['PASSKEY', 'RECOVERY_CODE'],
    });
    // Its second use takes the second step away that the first one had left to do.
    await perform('signInWithProvider', { code: again.code, codeVerifier: again.codeVerifier });
    const steps = 'SELECT hash FROM sign_in_challenge WHERE user_id = $1';
    expect(await sql(identity.databaseUrl, steps, [owner.viewer.id])).toEqual([]);
  });

  test('opened by its provider on a new device is told so', async () => {
    const owner = await identity.register();
    const { person, ...link } = await come(newPerson(owner.email));
    await perform('linkProvider', link, owner.viewer);
    const on = async (clientAddress: string, deviceToken?: string) => {
      const { person: _, ...proof } = await come({}, person);
      const document = operations.signInWithProvider.replace('sessionId', 'deviceToken');
      const client = identity.as(undefined, { clientAddress });
      return (await client.run(document, { input: { ...proof, deviceToken } })).result.session
        .deviceToken;
    };
    const deviceToken = await on('192.0.2.1');
    await on('198.51.100.1', deviceToken);
    await mailer.take(owner.email, /new device/);
    expect(await signInsOf(identity, owner.email)).toEqual([
      'SIGNED_IN',
      'SIGNED_IN_ON_NEW_DEVICE',
      'SIGNED_IN',
    ]);
  });
});

test.each([
  ['unconfirmed', { email: 'someone@example.org', email_verified: false }],
  ['unmentioned', {}],
  [
    'confirmed in words only',
    { email: 'someone@example.org', email_verified: 'true' as unknown as boolean },
  ],
])('an address that is %s at the provider makes no account and opens none', async (_, known) => {
  const { code, codeVerifier } = await come(known);
  const proof = { code, codeVerifier };
  expect((await perform('signInWithProvider', proof)).code).toBe('PROVIDER_EMAIL_NOT_VERIFIED');
  expect((await perform('registerWithProvider', { ...proof, ...profileOf() })).code).toBe(
    'PROVIDER_EMAIL_NOT_VERIFIED',
  );
});

test('the sign-in page learns which providers there are', async () => {
  const { signInProviders } = await identity.as().run('{ signInProviders { id name url } }');
  expect(signInProviders[0]).toEqual({
    id: 'testid',
    name: 'TestID',
    url: 'https://civitas.test/signin/testid',
  });
});
