import { Secret, TOTP } from 'otpauth';
import { expect, test } from 'vitest';
import { recordingMailer, tokenIn } from '../testing/recording-mailer.ts';
import { softwareAuthenticator } from '../testing/software-authenticator.ts';
import { identityConfig, PASSWORD, testClock, useIdentity } from '../testing/use-identity.ts';

const clock = testClock();
const mailer = recordingMailer();
const identity = useIdentity({ clock, mailer });

const SESSION = 'session { sessionId accessToken refreshToken }';
const documents = {
  signIn: `mutation ($input: SignInInput!) { result: signIn(input: $input) { __typename ... on MfaRequired { challengeToken } } }`,
  completeSignIn: `mutation ($input: CompleteSignInInput!) { result: completeSignIn(input: $input) { __typename ... on SignInSuccess { ${SESSION} } } }`,
  refreshSession: `mutation ($input: RefreshSessionInput!) { result: refreshSession(input: $input) { __typename ... on RefreshSessionSuccess { ${SESSION} } } }`,
  startTotpEnrolment: `mutation ($input: StartTotpEnrolmentInput!) { result: startTotpEnrolment(input: $input) { __typename ... on StartTotpEnrolmentSuccess { secret } } }`,
  confirmTotpEnrolment: `mutation ($input: ConfirmTotpEnrolmentInput!) { result: confirmTotpEnrolment(input: $input) { __typename ... on RecoveryCodes { recoveryCodes } } }`,
  requestPasswordReset: `mutation ($input: RequestPasswordResetInput!) { result: requestPasswordReset(input: $input) { __typename } }`,
  resetPassword: `mutation ($input: ResetPasswordInput!) { result: resetPassword(input: $input) { __typename } }`,
  signInWithPasskey: `mutation ($input: SignInWithPasskeyInput!) { result: signInWithPasskey(input: $input) { __typename } }`,
};

test('a whole story of signing in, right and wrong, leaves no secret in the log', async () => {
  const ada = await identity.register();
  const perform = async (name: keyof typeof documents, input: object, viewer?: typeof ada.viewer) =>
    (await identity.as(viewer).run(documents[name], { input })).result;
  const { secret } = await perform('startTotpEnrolment', { password: PASSWORD }, ada.viewer);
  const code = () => {
    clock.advance(30_000);
    return new TOTP({ secret: Secret.fromBase32(secret) }).generate({
      timestamp: clock.now().getTime(),
    });
  };
  const enrolled = await perform('confirmTotpEnrolment', { code: code() }, ada.viewer);
  const wrong = 'a wrong password that must not be logged';
  await perform('signIn', { email: ada.email, password: wrong });
  const { challengeToken } = await perform('signIn', { email: ada.email, password: PASSWORD });
  const used = code();
  const { session } = await perform('completeSignIn', { challengeToken, code: used });
  const { session: next } = await perform('refreshSession', { refreshToken: session.refreshToken });
  clock.advance(11_000);
  await perform('refreshSession', { refreshToken: session.refreshToken });
  await perform('requestPasswordReset', { email: ada.email });
  const reset = tokenIn(await mailer.take(ada.email, /^Reset/));
  const another = 'another battery of staples, correct';
  mailer.failNext(1);
  await perform('resetPassword', { token: reset, newPassword: another });
  const challenge = Buffer.alloc(32, 3).toString('base64url');
  const credential = softwareAuthenticator().get({ rpId: 'civitas.test', challenge });
  await perform('signInWithPasskey', { credential });

  const secrets = {
    PASSWORD,
    wrong,
    another,
    secret,
    used,
    challengeToken,
    reset,
    recoveryCode: enrolled.recoveryCodes[0],
    ...session,
    nextAccessToken: next.accessToken,
    nextRefreshToken: next.refreshToken,
    registration: ada.refreshToken,
    ...identityConfig,
  };
  const text = identity.logged();
  expect(text).toContain('an old refresh token came back');
  expect(text).toContain('passkey refused');
  const {
    sessionId: _,
    tokenIssuer: __,
    tokenAudience: ___,
    publicUrl: ____,
    relyingParty: _____,
    ...hidden
  } = secrets;
  const found = Object.entries(hidden).filter(([, value]) => text.includes(String(value)));
  expect(found.map(([name]) => name)).toEqual([]);
});
