import { decodeJwt } from 'jose';
import { Secret, TOTP } from 'otpauth';
import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { recordingMailer, tokenIn } from '../testing/recording-mailer.ts';
import { signInsOf } from '../testing/sign-ins-of.ts';
import { unconfirmAddress } from '../testing/unconfirm-address.ts';
import { PASSWORD, type Registered, testClock, useIdentity } from '../testing/use-identity.ts';
import { totpStepOf } from './totp.ts';

const STEP_MS = 30_000;
const clock = testClock();
const mailer = recordingMailer();
const identity = useIdentity({ clock, mailer });

const OUTCOME = '__typename ... on UserError { code path }';
const operations = {
  startTotpEnrolment: `mutation ($input: StartTotpEnrolmentInput!) { result: startTotpEnrolment(input: $input) { ${OUTCOME} ... on StartTotpEnrolmentSuccess { secret uri } } }`,
  confirmTotpEnrolment: `mutation ($input: ConfirmTotpEnrolmentInput!) { result: confirmTotpEnrolment(input: $input) { ${OUTCOME} ... on RecoveryCodes { recoveryCodes } } }`,
  disableMfa: `mutation ($input: SecondFactorInput!) { result: disableMfa(input: $input) { ${OUTCOME} ... on DisableMfaSuccess { account { mfaEnabled } } } }`,
  regenerateRecoveryCodes: `mutation ($input: SecondFactorInput!) { result: regenerateRecoveryCodes(input: $input) { ${OUTCOME} ... on RecoveryCodes { recoveryCodes } } }`,
  signIn: `mutation ($input: SignInInput!) { result: signIn(input: $input) { ${OUTCOME} ... on SignInSuccess { session { sessionId } } ... on MfaRequired { challengeToken methods } } }`,
  completeSignIn: `mutation ($input: CompleteSignInInput!) { result: completeSignIn(input: $input) { ${OUTCOME} ... on SignInSuccess { user { id } session { sessionId } } } }`,
  changePassword: `mutation ($input: ChangePasswordInput!) { result: changePassword(input: $input) { ${OUTCOME} } }`,
  resetPassword: `mutation ($input: ResetPasswordInput!) { result: resetPassword(input: $input) { ${OUTCOME} } }`,
  requestPasswordReset: `mutation ($input: RequestPasswordResetInput!) { result: requestPasswordReset(input: $input) { ${OUTCOME} } }`,
  refreshSession: `mutation ($input: RefreshSessionInput!) { result: refreshSession(input: $input) { ${OUTCOME} ... on RefreshSessionSuccess { session { accessToken } } } }`,
  stepUp: `mutation ($input: StepUpInput!) { result: stepUp(input: $input) { ${OUTCOME} ... on StepUpSuccess { accessToken } } }`,
};

async function perform(
  name: keyof typeof operations,
  input: Record<string, unknown>,
  viewer?: Registered['viewer'],
) {
  return (await identity.as(viewer).run(operations[name], { input })).result;
}

interface Protected extends Registered {
  /** What the app shows now; the clock moves on, so that each code is a new one. */
  nextCode(): string;
  readonly recoveryCodes: string[];
}

function appOf(secret: string) {
  return () => {
    clock.advance(STEP_MS);
    return codeOf(secret);
  };
}

function codeOf(secret: string): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({
    timestamp: clock.now().getTime(),
  });
}

async function withSecondFactor(): Promise<Protected> {
  const somebody = await identity.register();
  const { secret } = await perform('startTotpEnrolment', { password: PASSWORD }, somebody.viewer);
  const nextCode = appOf(secret);
  const confirmed = await perform('confirmTotpEnrolment', { code: nextCode() }, somebody.viewer);
  return { ...somebody, nextCode, recoveryCodes: confirmed.recoveryCodes };
}

async function challengeOf({ email }: Registered, password = PASSWORD): Promise<string> {
  const answer = await perform('signIn', { email, password });
  expect(answer.__typename).toBe('MfaRequired');
  return answer.challengeToken;
}

async function complete(challengeToken: string, code: string) {
  return perform('completeSignIn', { challengeToken, code });
}

const INVALID_CODE = { code: 'INVALID_CODE', path: ['input', 'code'] };

// RFC 6238, appendix B, the SHA-1 rows; the last six of their eight digits.
test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('at second %d of the epoch the RFC’s secret gives %s', (seconds, code) => {
  const secret = new TextEncoder().encode('12345678901234567890');
  const step = Math.floor(seconds / 30);
  const at = (offset: number) => totpStepOf(code, secret, new Date((seconds + offset) * 1000));
  expect([at(0), at(30), at(-30), at(90), at(-90)]).toEqual([step, step, step, null, null]);
});

test('an app needs a confirmed address and the password', async () => {
  const somebody = await identity.register();
  await unconfirmAddress(identity, somebody);
  const start = (password: string) => perform('startTotpEnrolment', { password }, somebody.viewer);
  expect((await start(PASSWORD)).code).toBe('EMAIL_NOT_VERIFIED');
  expect((await start('not the password at all')).code).toBe('INVALID_CREDENTIALS');
});

test('an app changes nothing before a code of it was given; then the other sessions end', async () => {
  const somebody = await identity.register();
  await perform('signIn', { email: somebody.email, password: PASSWORD });
  const started = await perform('startTotpEnrolment', { password: PASSWORD }, somebody.viewer);
  expect(started.uri).toMatch(/^otpauth:\/\/totp\/Civitas:.*&?secret=[A-Z2-7]{32}/);
  const confirm = (code: string) => perform('confirmTotpEnrolment', { code }, somebody.viewer);
  expect(await confirm('000000')).toMatchObject(INVALID_CODE);
  const other = await perform('signIn', { email: somebody.email, password: PASSWORD });
  expect(other.__typename).toBe('SignInSuccess');
  const { recoveryCodes } = await confirm(codeOf(started.secret));
  expect(new Set(recoveryCodes).size).toBe(10);
  const account =
    '{ myAccount { mfaEnabled recoveryCodesLeft } mySessions { edges { node { id } } } }';
  const seen = await identity.as(somebody.viewer).run(account);
  expect(seen.myAccount).toEqual({ mfaEnabled: true, recoveryCodesLeft: 10 });
  expect(seen.mySessions.edges).toEqual([{ node: { id: somebody.viewer.sessionId } }]);
  await mailer.take(somebody.email, /takes a second step/);
  const again = await perform('startTotpEnrolment', { password: PASSWORD }, somebody.viewer);
  expect(again.code).toBe('MFA_ALREADY_ENABLED');
});

describe('with an app', () => {
  let ada: Protected;
  beforeAll(async () => {
    ada = await withSecondFactor();
  });

  test('signing in takes the password and a code; the code works once', async () => {
    const challenge = await challengeOf(ada);
    expect(await complete(challenge, '12345')).toMatchObject(INVALID_CODE);
    const code = ada.nextCode();
    const done = await complete(challenge, code);
    expect(done).toMatchObject({ __typename: 'SignInSuccess', user: { id: ada.viewer.id } });
    expect((await complete(challenge, ada.nextCode())).code).toBe('CHALLENGE_EXPIRED');
    expect(await complete(await challengeOf(ada), code)).toMatchObject(INVALID_CODE);
  });

  test('a code that was read over a shoulder does not work for an earlier step either', async () => {
    const earlier = ada.nextCode();
    expect((await complete(await challengeOf(ada), ada.nextCode())).__typename).toBe(
      'SignInSuccess',
    );
    expect(await complete(await challengeOf(ada), earlier)).toMatchObject(INVALID_CODE);
  });

  test('of two sign-ins and eight parallel uses of one code, one gets a session', async () => {
    const challenges = [await challengeOf(ada), await challengeOf(ada)];
    const code = ada.nextCode();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => complete(challenges[n % 2] ?? '', code)),
    );
    const opened = answers.filter(({ __typename }) => __typename === 'SignInSuccess');
    expect(opened).toHaveLength(1);
  });

  test('a recovery code opens the account once, however it is typed, and its owner is told', async () => {
    const [code = ''] = ada.recoveryCodes;
    const typed = ` ${code.toUpperCase().replaceAll('-', ' ')} `;
    expect((await complete(await challengeOf(ada), typed)).__typename).toBe('SignInSuccess');
    await mailer.take(ada.email, /recovery code/);
    expect(await complete(await challengeOf(ada), code)).toMatchObject(INVALID_CODE);
  });

  test('a second step on a new device is told, on a known one it is not', async () => {
    const on = async (clientAddress: string, deviceToken?: string) => {
      const input = { challengeToken: await challengeOf(ada), code: ada.nextCode(), deviceToken };
      const document = operations.completeSignIn.replace('sessionId', 'deviceToken');
      const client = identity.as(undefined, { clientAddress });
      return (await client.run(document, { input })).result.session.deviceToken;
    };
    const before = await signInsOf(identity, ada.email);
    // Who has the password alone has signed in nowhere.
    await identity
      .as(undefined, { clientAddress: '203.0.113.1' })
      .run(operations.signIn, { input: { email: ada.email, password: PASSWORD } });
    const deviceToken = await on('192.0.2.1');
    await on('198.51.100.1', deviceToken);
    expect((await mailer.take(ada.email, /new device/)).text).toContain('192.0.2.0/24');
    expect(await signInsOf(identity, ada.email)).toEqual([
      ...before,
      'SIGNED_IN_ON_NEW_DEVICE',
      'SIGNED_IN',
    ]);
  });

  test('a sign-in that is not completed within ten minutes expires', async () => {
    const challenge = await challengeOf(ada);
    clock.advance(10 * 60_000);
    expect((await complete(challenge, ada.nextCode())).code).toBe('CHALLENGE_EXPIRED');
    expect((await complete('x', ada.nextCode())).code).toBe('CHALLENGE_EXPIRED');
  });

  test('neither secret nor codes are stored as they are', async () => {
    const client = new pg.Client({ connectionString: identity.databaseUrl });
    await client.connect();
    const { rows } = await client
      .query(
        `SELECT sealed_secret AS bytes FROM totp_authenticator WHERE user_id = $1
         UNION ALL SELECT hash FROM recovery_code WHERE user_id = $1`,
        [ada.viewer.id],
      )
      .finally(() => client.end());
    expect(rows.length).toBeGreaterThan(1);
    const stored = Buffer.concat(rows.map(({ bytes }) => bytes)).toString('latin1');
    for (const code of ada.recoveryCodes) {
      expect(stored).not.toContain(code.replaceAll('-', ''));
    }
  });
});

test('twenty parallel uses of a code: ten are looked at, one gets a session; guessing ends there', async () => {
  const bob = await withSecondFactor();
  const challenge = await challengeOf(bob);
  const code = bob.nextCode();
  const answers = await Promise.all(Array.from({ length: 20 }, () => complete(challenge, code)));
  const outcomes = answers.map((answer) => answer.code ?? answer.__typename);
  expect(outcomes.filter((outcome) => outcome === 'SignInSuccess')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === 'TOO_MANY_ATTEMPTS').length).toBeGreaterThan(0);
});

test('a thousand guesses are ten, and the password does not give attempts back', async () => {
  const carol = await withSecondFactor();
  const challenge = await challengeOf(carol);
  for (let n = 0; n < 10; n += 1) await complete(challenge, '000000');
  const fresh = await challengeOf(carol);
  expect((await complete(fresh, carol.nextCode())).code).toBe('TOO_MANY_ATTEMPTS');
});

test('a forgotten password does not get around the second step', async () => {
  const dan = await withSecondFactor();
  const begun = await challengeOf(dan);
  await perform('requestPasswordReset', { email: dan.email });
  const token = tokenIn(await mailer.take(dan.email, /^Reset/));
  // Eight characters are enough beside a second factor.
  const reset = await perform('resetPassword', { token, newPassword: 'Vq7#pLx2' });
  expect(reset.__typename).toBe('ResetPasswordSuccess');
  // A sign-in that was half done with the old password is over.
  expect((await complete(begun, dan.nextCode())).code).toBe('CHALLENGE_EXPIRED');
  const challenge = await challengeOf(dan, 'Vq7#pLx2');
  const { refreshToken } = dan;
  expect((await perform('refreshSession', { refreshToken })).code).toBe('SESSION_ENDED');
  expect((await complete(challenge, dan.nextCode())).__typename).toBe('SignInSuccess');
});

test('removing the app takes both factors and a password that may stand alone', async () => {
  const eve = await withSecondFactor();
  const manage = (name: 'disableMfa' | 'regenerateRecoveryCodes', password: string, code: string) =>
    perform(name, { password, code }, eve.viewer);
  const renewed = await manage('regenerateRecoveryCodes', PASSWORD, eve.nextCode());
  expect(renewed.recoveryCodes).toHaveLength(10);
  const [old = ''] = eve.recoveryCodes;
  expect(await manage('disableMfa', PASSWORD, old)).toMatchObject(INVALID_CODE);
  expect((await manage('disableMfa', 'not the password', eve.nextCode())).code).toBe(
    'INVALID_CREDENTIALS',
  );
  const short = { currentPassword: PASSWORD, newPassword: 'Vq7#pLx2' };
  expect((await perform('changePassword', short, eve.viewer)).__typename).toBe(
    'ChangePasswordSuccess',
  );
  expect(await manage('disableMfa', 'Vq7#pLx2', eve.nextCode())).toMatchObject({
    code: 'INVALID_INPUT',
    path: ['input', 'password'],
  });
  const long = { currentPassword: 'Vq7#pLx2', newPassword: PASSWORD };
  await perform('changePassword', long, eve.viewer);
  const [recovery = ''] = renewed.recoveryCodes;
  expect(await manage('disableMfa', PASSWORD, recovery)).toEqual({
    __typename: 'DisableMfaSuccess',
    account: { mfaEnabled: false },
  });
  expect((await perform('signIn', { email: eve.email, password: PASSWORD })).__typename).toBe(
    'SignInSuccess',
  );
});

test('access tokens say when all that an account asks for was shown, for ten minutes', async () => {
  const provedIn = (accessToken: string) => decodeJwt(accessToken)['auth_time'];
  const now = () => Math.floor(clock.now().getTime() / 1000);
  const ada = await identity.register();
  expect(now() - Number(provedIn(ada.accessToken))).toBeLessThan(60);
  const shown = async (input: Record<string, unknown>) =>
    provedIn((await perform('stepUp', input, ada.viewer)).accessToken);

  clock.advance(10 * 60_000);
  const { refreshToken } = ada;
  const { session } = await perform('refreshSession', { refreshToken });
  expect(provedIn(session.accessToken)).toBeUndefined();
  expect(now() - Number(await shown({ password: PASSWORD }))).toBeLessThan(60);

  // With a second factor the first alone is not all.
  const { secret } = await perform('startTotpEnrolment', { password: PASSWORD }, ada.viewer);
  const nextCode = appOf(secret);
  await perform('confirmTotpEnrolment', { code: nextCode() }, ada.viewer);
  expect(await shown({ password: PASSWORD })).toBeUndefined();
  expect(now() - Number(await shown({ code: nextCode() }))).toBeLessThan(60);
});
