import { type RecordingMailer, tokenIn } from './recording-mailer.ts';
import type { Registered, useIdentity } from './use-identity.ts';

/** Somebody with a confirmed address. */
export async function verifiedPerson(
  identity: ReturnType<typeof useIdentity>,
  mailer: RecordingMailer,
): Promise<Registered> {
  const somebody = await identity.register();
  const token = tokenIn(await mailer.take(somebody.email, /^Confirm/));
  const mutation = `mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { __typename } }`;
  await identity.as().run(mutation, { input: { token } });
  return somebody;
}
