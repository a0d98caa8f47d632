import { beforeAll, describe, expect, test } from 'vitest';
import { recordingMailer } from '../testing/recording-mailer.ts';
import { signInsOf } from '../testing/sign-ins-of.ts';
import {
  type SoftwareAuthenticator,
  softwareAuthenticator,
} from '../testing/software-authenticator.ts';
import { unconfirmAddress } from '../testing/unconfirm-address.ts';
import { PASSWORD, type Registered, testClock, useIdentity } from '../testing/use-identity.ts';

const MINUTE_MS = 60_000;
const clock = testClock();
const mailer = recordingMailer();
const identity = useIdentity({ clock, mailer });

const OUTCOME = '__typename ... on UserError { code path }';
const operations = {
  startPasskeyRegistration: `mutation { result: startPasskeyRegistration { ${OUTCOME} ... on PasskeyCreationOptions { options expiresAt } ... on StepUpRequired { methods } } }`,
  finishPasskeyRegistration: `mutation ($input: FinishPasskeyRegistrationInput!) { result: finishPasskeyRegistration(input: $input) { ${OUTCOME} ... on FinishPasskeyRegistrationSuccess { passkey { id name lastUsedAt } recoveryCodes } } }`,
  renamePasskey: `mutation ($input: RenamePasskeyInput!) { result: renamePasskey(input: $input) { ${OUTCOME} ... on RenamePasskeySuccess { passkey { name } } } }`,
  removePasskey: `mutation ($input: RemovePasskeyInput!) { result: removePasskey(input: $input) { ${OUTCOME} ... on RemovePasskeySuccess { account { mfaEnabled recoveryCodesLeft passkeys { name } } } } }`,
  startPasskeySignIn: `mutation ($input: StartPasskeySignInInput! = {}) { result: startPasskeySignIn(input: $input) { ${OUTCOME} ... on PasskeyRequestOptions { options } } }`,
  signInWithPasskey: `mutation ($input: SignInWithPasskeyInput!) { result: signInWithPasskey(input: $input) { ${OUTCOME} ... on SignInSuccess { user { id } session { sessionId } } } }`,
  signIn: `mutation ($input: SignInInput!) { result: signIn(input: $input) { ${OUTCOME} ... on MfaRequired { challengeToken methods } ... on SignInSuccess { session { sessionId } } } }`,
  completeSignIn: `mutation ($input: CompleteSignInInput!) { result: completeSignIn(input: $input) { ${OUTCOME} ... on SignInSuccess { user { id } } } }`,
  stepUp: `mutation ($input: StepUpInput!) { result: stepUp(input: $input) { ${OUTCOME} ... on StepUpSuccess { expiresAt } } }`,
  startPasskeyStepUp: `mutation { result: startPasskeyStepUp { options } }`,
  changeEmail: `mutation ($input: ChangeEmailInput!) { result: changeEmail(input: $input) { ${OUTCOME} ... on StepUpRequired { methods } } }`,
  disableMfa: `mutation ($input: SecondFactorInput!) { result: disableMfa(input: $input) { ${OUTCOME} ... on StepUpRequired { methods } ... on DisableMfaSuccess { account { mfaEnabled passkeys { id } } } } }`,
};

async function perform(
  name: keyof typeof operations,
  input?: Record<string, unknown>,
  viewer?: Registered['viewer'],
) {
  return (await identity.as(viewer).run(operations[name], input && { input })).result;
}

interface Holder extends Registered {
  readonly key: SoftwareAuthenticator;
  readonly recoveryCodes: string[];
}

const { viewerOf, addPasskey, holder, assertion } = {
  viewerOf: (somebody: Registered, sessionId: string) => ({ ...somebody.viewer, sessionId }),
  addPasskey: async ({ viewer }: Pick<Registered, 'viewer'>, key = softwareAuthenticator()) => {
    const { options } = await perform('startPasskeyRegistration', undefined, viewer);
    const input = { credential: key.create(options), name: 'Ada’s phone' };
    return { key, ...(await perform('finishPasskeyRegistration', input, viewer)) };
  },
  holder: async (key?: SoftwareAuthenticator): Promise<Holder> => {
    const somebody = await identity.register();
    return { ...somebody, ...(await addPasskey(somebody, key)) };
  },
  assertion: async (key: SoftwareAuthenticator, flaws = {}) =>
    key.get((await perform('startPasskeySignIn')).options, flaws),
};

const REJECTED = {
  __typename: 'PasskeyRejected',
  code: 'PASSKEY_REJECTED',
  path: ['input', 'credential'],
};

test('a passkey needs a confirmed address and a proof within ten minutes', async () => {
  const unconfirmed = await identity.register();
  await unconfirmAddress(identity, unconfirmed);
  const start = (viewer: Registered['viewer']) =>
    perform('startPasskeyRegistration', undefined, viewer);
  expect((await start(unconfirmed.viewer)).code).toBe('EMAIL_NOT_VERIFIED');
  const ada = await identity.register();
  clock.advance(10 * MINUTE_MS);
  expect(await start(ada.viewer)).toMatchObject({
    code: 'STEP_UP_REQUIRED',
    methods: ['PASSWORD'],
  });
  expect((await perform('stepUp', { password: 'not it at all' }, ada.viewer)).code).toBe(
    'INVALID_CREDENTIALS',
  );
  await perform('stepUp', { password: PASSWORD }, ada.viewer);
  const { options } = await start(ada.viewer);
  expect(options).toMatchObject({
    rp: { id: 'civitas.test', name: 'Civitas' },
    attestation: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
});

test('the first passkey brings recovery codes, ends the other sessions, and its owner is told', async () => {
  const ada = await identity.register();
  await perform('signIn', { email: ada.email, password: PASSWORD });
  const { passkey, recoveryCodes } = await addPasskey(ada);
  expect(passkey).toMatchObject({ name: 'Ada’s phone', lastUsedAt: null });
  expect(new Set(recoveryCodes).size).toBe(10);
  await mailer.take(ada.email, /passkey was added/);
  expect((await addPasskey(ada)).recoveryCodes).toBeNull();
  const seen = await identity
    .as(ada.viewer)
    .run('{ myAccount { mfaEnabled passkeys { name } } mySessions { edges { node { id } } } }');
  expect(seen.myAccount).toMatchObject({ mfaEnabled: true, passkeys: [{}, {}] });
  expect(seen.mySessions.edges).toEqual([{ node: { id: ada.viewer.sessionId } }]);
});

describe('with a passkey', () => {
  let ada: Holder;
  beforeAll(async () => {
    ada = await holder();
  });

  test('signing in takes neither name nor password, and no second step', async () => {
    const credential = await assertion(ada.key);
    const done = await perform('signInWithPasskey', { credential, deviceName: 'Lab' });
    expect(done).toMatchObject({ __typename: 'SignInSuccess', user: { id: ada.viewer.id } });
  });

  test('on a new device it is told, on a known one it is not', async () => {
    const on = async (clientAddress: string, deviceToken?: string) => {
      const input = { credential: await assertion(ada.key), deviceToken };
      const document = operations.signInWithPasskey.replace('sessionId', 'deviceToken');
      const client = identity.as(undefined, { clientAddress });
      return (await client.run(document, { input })).result.session.deviceToken;
    };
    const deviceToken = await on('192.0.2.1');
    await on('198.51.100.1', deviceToken);
    await mailer.take(ada.email, /new device/);
    expect((await signInsOf(identity, ada.email)).slice(-2)).toEqual([
      'SIGNED_IN_ON_NEW_DEVICE',
      'SIGNED_IN',
    ]);
  });

  test('an answer works once, within five minutes', async () => {
    const credential = await assertion(ada.key);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => perform('signInWithPasskey', { credential })),
    );
    const opened = answers.filter(({ __typename }) => __typename === 'SignInSuccess');
    expect(opened).toHaveLength(1);
    expect(await perform('signInWithPasskey', { credential })).toEqual(REJECTED);
    const late = await assertion(ada.key);
    clock.advance(5 * MINUTE_MS);
    expect(await perform('signInWithPasskey', { credential: late })).toEqual(REJECTED);
  });

  test.each([
    ['from another page', { origin: 'https://civitas.test.evil.example' }],
    ['for another site', { rpId: 'evil.example' }],
    ['that made a passkey', { type: 'webauthn.create' }],
    ['without finger, face or PIN', { userVerified: false }],
    ['signed with another key', { signedBy: softwareAuthenticator().privateKey }],
    ['that names another owner', { userHandle: Buffer.from('usr_other').toString('base64url') }],
  ])('an answer %s is refused', async (_, flaws) => {
    const credential = await assertion(ada.key, flaws);
    expect(await perform('signInWithPasskey', { credential })).toEqual(REJECTED);
  });

  test('an unknown passkey and a challenge nobody gave are refused alike', async () => {
    const stranger = await assertion(softwareAuthenticator());
    expect(await perform('signInWithPasskey', { credential: stranger })).toEqual(REJECTED);
    const challenge = Buffer.alloc(32).toString('base64url');
    const forged = ada.key.get({ rpId: 'civitas.test', challenge });
    expect(await perform('signInWithPasskey', { credential: forged })).toEqual(REJECTED);
  });

  test.each([
    ['nothing', {}],
    ['a text', 'credential'],
    ['no base64url', { id: '!', rawId: '!', type: 'public-key', response: {} }],
    ['a megabyte', { id: 'a'.repeat(1_000_000), rawId: 'a', type: 'public-key', response: {} }],
  ])('%s instead of an answer is refused with its place', async (_, credential) => {
    const answer = await perform('signInWithPasskey', { credential });
    expect(answer).toMatchObject({ code: 'INVALID_INPUT' });
    expect(answer.path.slice(0, 2)).toEqual(['input', 'credential']);
  });

  test('the password asks for a second step, which the passkey can be', async () => {
    const begun = await perform('signIn', { email: ada.email, password: PASSWORD });
    expect(begun).toMatchObject({
      __typename: 'MfaRequired',
      methods: ['PASSKEY', 'RECOVERY_CODE'],
    });
    const { challengeToken } = begun;
    const { options } = await perform('startPasskeySignIn', { challengeToken });
    expect(options.allowCredentials).toMatchObject([{ id: ada.key.credentialId }]);
    // An answer to the open question is not one to this.
    const elsewhere = { challengeToken, credential: await assertion(ada.key) };
    expect(await perform('completeSignIn', elsewhere)).toEqual(REJECTED);
    const credential = ada.key.get(options);
    const done = await perform('completeSignIn', { challengeToken, credential });
    expect(done).toMatchObject({ __typename: 'SignInSuccess', user: { id: ada.viewer.id } });
  });

  test('the passkey of somebody else is not a second step', async () => {
    const eve = await holder();
    const begun = await perform('signIn', { email: ada.email, password: PASSWORD });
    const { challengeToken } = begun;
    const { options } = await perform('startPasskeySignIn', { challengeToken });
    const credential = eve.key.get(options);
    expect(await perform('completeSignIn', { challengeToken, credential })).toEqual(REJECTED);
  });

  test('a recovery code opens the account when the passkey is lost', async () => {
    const { challengeToken } = await perform('signIn', { email: ada.email, password: PASSWORD });
    const [code] = ada.recoveryCodes;
    const done = await perform('completeSignIn', { challengeToken, code });
    expect(done.__typename).toBe('SignInSuccess');
  });
});

test('a counter that goes back is a copied key: refused, noted, told; that of a synchronised one stays 0', async () => {
  const ada = await holder();
  await perform('signInWithPasskey', { credential: await assertion(ada.key) });
  ada.key.counter = 0;
  expect(await perform('signInWithPasskey', { credential: await assertion(ada.key) })).toEqual(
    REJECTED,
  );
  await mailer.take(ada.email, /passkey of yours was refused/);
  const log = await identity
    .as(ada.viewer)
    .run('{ mySecurityEvents(first: 1) { edges { node { type subject } } } }');
  expect(log.mySecurityEvents.edges[0].node).toEqual({
    type: 'PASSKEY_CLONED',
    subject: 'Ada’s phone',
  });
  const bob = await holder(softwareAuthenticator(false));
  for (let n = 0; n < 2; n += 1) {
    const answer = await perform('signInWithPasskey', { credential: await assertion(bob.key) });
    expect(answer.__typename).toBe('SignInSuccess');
  }
});

test('a passkey is registered once, on its own page, for who asked, with finger, face or PIN', async () => {
  const [ada, eve] = [await holder(), await identity.register()];
  const finish = async (flaws: object, viewer = eve.viewer, key = softwareAuthenticator()) => {
    const { options } = await perform('startPasskeyRegistration', undefined, eve.viewer);
    const credential = key.create(options, flaws);
    return perform('finishPasskeyRegistration', { credential, name: 'x' }, viewer);
  };
  expect(await finish({ origin: 'https://evil.example' })).toEqual(REJECTED);
  expect(await finish({ rpId: 'evil.example' })).toEqual(REJECTED);
  expect(await finish({ userVerified: false })).toEqual(REJECTED);
  expect(await finish({}, ada.viewer)).toEqual(REJECTED);
  expect(await finish({}, eve.viewer, ada.key)).toEqual(REJECTED);
  expect((await finish({})).__typename).toBe('FinishPasskeyRegistrationSuccess');
});

test('passkeys are named and removed by their owner; the last one takes the second step with it', async () => {
  const [ada, eve] = [await holder(), await holder()];
  const second = await addPasskey(ada);
  const passkeyId = second.passkey.id;
  expect(
    (await perform('renamePasskey', { passkeyId, name: 'Key' }, ada.viewer)).passkey.name,
  ).toBe('Key');
  const foreign = { code: 'PASSKEY_NOT_FOUND', path: ['input', 'passkeyId'] };
  expect(await perform('renamePasskey', { passkeyId, name: 'x' }, eve.viewer)).toMatchObject(
    foreign,
  );
  expect(await perform('removePasskey', { passkeyId }, eve.viewer)).toMatchObject(foreign);
  expect((await perform('removePasskey', { passkeyId }, ada.viewer)).account).toMatchObject({
    mfaEnabled: true,
    passkeys: [{ name: 'Ada’s phone' }],
  });
  const seen = await identity.as(ada.viewer).run('{ myAccount { passkeys { id } } }');
  const last = { passkeyId: seen.myAccount.passkeys[0].id };
  // The password has to be seen to be long enough to stand alone.
  expect((await perform('removePasskey', last, ada.viewer)).code).toBe('INVALID_INPUT');
  const removed = await perform('removePasskey', { ...last, password: PASSWORD }, ada.viewer);
  expect(removed.account).toEqual({ mfaEnabled: false, recoveryCodesLeft: 0, passkeys: [] });
  expect(await perform('signInWithPasskey', { credential: await assertion(ada.key) })).toEqual(
    REJECTED,
  );
});

test('what is sensitive takes a password, code or passkey of the last ten minutes, in this session', async () => {
  const ada = await holder();
  const change = (viewer: Registered['viewer']) =>
    perform('changeEmail', { email: `new.${ada.email}` }, viewer);
  expect((await change(ada.viewer)).__typename).toBe('ChangeEmailSuccess');
  clock.advance(10 * MINUTE_MS);
  const refused = { code: 'STEP_UP_REQUIRED', methods: ['PASSKEY', 'PASSWORD'] };
  expect(await change(ada.viewer)).toMatchObject(refused);
  const { options } = await perform('startPasskeyStepUp', undefined, ada.viewer);
  const credential = ada.key.get(options);
  expect((await perform('stepUp', { credential }, ada.viewer)).__typename).toBe('StepUpSuccess');
  expect((await change(ada.viewer)).__typename).toBe('ChangeEmailSuccess');
  const other = await perform('signInWithPasskey', { credential: await assertion(ada.key) });
  clock.advance(9 * MINUTE_MS);
  expect((await change(viewerOf(ada, other.session.sessionId))).__typename).toBe(
    'ChangeEmailSuccess',
  );
  // What was shown in a session that has ended counts for nothing, though its token goes on for minutes.
  const third = await perform('signInWithPasskey', { credential: await assertion(ada.key) });
  const gone = viewerOf(ada, third.session.sessionId);
  await identity.as(gone).run('mutation { signOut { __typename } }');
  expect(await change(gone)).toMatchObject(refused);
  clock.advance(MINUTE_MS);
  expect(await change(viewerOf(ada, other.session.sessionId))).toMatchObject(refused);
  expect((await perform('stepUp', {}, ada.viewer)).code).toBe('INVALID_INPUT');
});

test('a passkey is both factors where both are asked for, a password alone is not', async () => {
  const ada = await holder();
  const input = { password: PASSWORD };
  expect((await perform('disableMfa', input, ada.viewer)).code).toBe('STEP_UP_REQUIRED');
  const { options } = await perform('startPasskeyStepUp', undefined, ada.viewer);
  await perform('stepUp', { credential: ada.key.get(options) }, ada.viewer);
  expect((await perform('disableMfa', input, ada.viewer)).account).toEqual({
    mfaEnabled: false,
    passkeys: [],
  });
});
