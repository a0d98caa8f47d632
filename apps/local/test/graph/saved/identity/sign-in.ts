import { randomUUID } from 'node:crypto';
import { softwareAuthenticator } from '@civitas/identity/testing';
import { Secret, TOTP } from 'otpauth';
import { visitsTo } from '../../live/provider-sign-in.ts';
import { addressesOf, PASSWORD, type Story } from './story.ts';

/** Where passkeys are used: people reach the gateway there. */
const ORIGIN = { origin: 'http://localhost:4000' };
const STEP_MS = 30_000;

/** With an app for codes, each of which is good once: the one of now, and the next. */
export async function useCodes(story: Story): Promise<void> {
  const { anybody, me } = story;
  const started = await me.send('StartTotpEnrolment', { input: { password: PASSWORD } });
  const app = new TOTP({ secret: Secret.fromBase32(started.startTotpEnrolment.secret) });
  const now = Date.now();
  const [code, nextCode] = [0, STEP_MS].map((after) => app.generate({ timestamp: now + after }));
  await me.send('ConfirmTotpEnrolment', { input: { code } });
  const remade = await me.send('RegenerateRecoveryCodes', {
    input: { password: PASSWORD, code: nextCode },
  });
  const { recoveryCodes } = remade.regenerateRecoveryCodes;
  const { now: email } = addressesOf(story);
  const { signIn } = await anybody.send('SignInWithSecondStep', {
    input: { email, password: PASSWORD },
  });
  const { challengeToken } = signIn;
  await anybody.send('CompleteSignIn', { input: { challengeToken, code: recoveryCodes[0] } });
  await me.send('DisableMfa', { input: { password: PASSWORD, code: recoveryCodes[1] } });
}

export async function usePasskey({ graph, saved, anybody, me }: Story): Promise<void> {
  const key = softwareAuthenticator();
  const { startPasskeyRegistration } = await me.send('StartPasskeyRegistration');
  const credential = key.create(startPasskeyRegistration.options, ORIGIN);
  const made = await me.send('FinishPasskeyRegistration', { input: { credential, name: 'Phone' } });
  const { id: passkeyId } = made.finishPasskeyRegistration.passkey;
  await me.send('RenamePasskey', { input: { passkeyId, name: 'Old phone' } });
  const { startPasskeySignIn } = await anybody.send('StartPasskeySignIn');
  const { signInWithPasskey } = await anybody.send('SignInWithPasskey', {
    input: { credential: key.get(startPasskeySignIn.options, ORIGIN) },
  });
  const byKey = saved.by(graph, signInWithPasskey.session.accessToken);
  const { startPasskeyStepUp } = await byKey.send('StartPasskeyStepUp');
  const proof = key.get(startPasskeyStepUp.options, ORIGIN);
  await byKey.send('StepUp', { input: { credential: proof } });
  await byKey.send('RemovePasskey', { input: { passkeyId, password: PASSWORD } });
}

/** With a provider, by which somebody else registers. */
export async function useProvider({ graph, provider, anybody, me, name }: Story): Promise<void> {
  const come = visitsTo(graph, provider);
  const newcomer = () => {
    const person = randomUUID();
    provider.people.set(person, { email: `${person}@example.org`, email_verified: true });
    return person;
  };
  const proofOf = async (person: string) => {
    const { codeVerifier, finish } = await come(person);
    return { code: new URL(await finish()).searchParams.get('code'), codeVerifier };
  };
  const [herself, stranger] = [newcomer(), newcomer()];
  await anybody.send('SignInProviders');
  const { linkProvider } = await me.send('LinkProvider', { input: await proofOf(herself) });
  await anybody.send('SignInWithProvider', { input: await proofOf(herself) });
  const [{ id: linkId }] = linkProvider.account.linkedProviders;
  await me.send('UnlinkProvider', { input: { linkId, password: PASSWORD } });
  const profile = { displayName: 'P', handle: `${name}-p`, profile: { civilian: {} } };
  await anybody.send('RegisterWithProvider', {
    input: { ...(await proofOf(stranger)), ...profile },
  });
}
