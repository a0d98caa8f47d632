import {
  type AuthenticationResponseJSON,
  verifyAuthenticationResponse,
} from '@simplewebauthn/server';
import type { IdentityContext } from '../context.ts';
import type { Passkey, User } from '../generated/prisma/client.ts';
import { queueMail } from '../mail/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { takeChallenge } from './challenge.ts';
import { userHandleOf } from './register-passkey.ts';
import { passkeyRejected } from './relying-party.ts';

type Known = Passkey & { user: User };

/**
 * Checks what an authenticator answered, and uses its challenge up. A counter that does not move on
 * means that there are two copies of the key: the answer is refused, noted and told to the owner.
 *
 * @param expectedOwner whose passkey it has to be; null when it is to say so itself.
 * @throws UserFailure `PasskeyRejected`, for every reason.
 */
export async function verifyAssertion(
  ctx: IdentityContext,
  credential: AuthenticationResponseJSON,
  expectedOwner: string | null,
): Promise<Known> {
  const passkey = await ctx.db.client.passkey.findUnique({
    where: { credentialId: new Uint8Array(Buffer.from(credential.id, 'base64url')) },
    include: { user: true },
  });
  const counter = await counterOf(ctx, credential, passkey, expectedOwner).catch(
    (error: unknown) => {
      ctx.log.info({ reason: (error as Error).message }, 'passkey refused');
      throw passkeyRejected();
    },
  );
  // Compared and set in one statement, so that one answer of many at once counts.
  const moved = await ctx.db.client.$executeRaw`
    UPDATE passkey SET counter = ${counter}, last_used_at = ${ctx.now()}
    WHERE id = ${passkey?.id} AND (counter < ${counter} OR (counter = 0 AND ${counter} = 0))`;
  if (!passkey || moved === 0) {
    if (passkey) await reportClone(ctx, passkey);
    throw passkeyRejected();
  }
  return passkey;
}

async function counterOf(
  ctx: IdentityContext,
  response: AuthenticationResponseJSON,
  passkey: Known | null,
  expectedOwner: string | null,
): Promise<number> {
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedChallenge: async (challenge) => {
      const taken = await takeChallenge(ctx, challenge, 'SIGN_IN');
      return taken?.userId === expectedOwner;
    },
    expectedOrigin: [...ctx.relyingParty.origins],
    expectedRPID: ctx.relyingParty.id,
    requireUserVerification: true,
    credential: {
      id: response.id,
      // An unknown passkey fails where a known one with a wrong signature does, challenge used up.
      publicKey: new Uint8Array(passkey?.publicKey ?? NOBODYS_KEY),
      // Ours to compare: the library cannot tell a clone from any other failure.
      counter: 0,
    },
  });
  const owner = expectedOwner ?? passkey?.userId;
  const handle = response.response.userHandle;
  const isOwners = handle === undefined || handle === encoded(passkey?.userId ?? '');
  if (!verified || !passkey || passkey.userId !== owner || !isOwners) {
    throw new Error('The signature or the owner is wrong.');
  }
  return authenticationInfo.newCounter;
}

function encoded(userId: string): string {
  return Buffer.from(userHandleOf(userId)).toString('base64url');
}

/** A COSE key (Ed25519, all zero) that verifies nothing. */
const NOBODYS_KEY = Buffer.from(`a4010103272006215820${'00'.repeat(32)}`, 'hex');

async function reportClone(ctx: IdentityContext, { userId, name }: Known): Promise<void> {
  await ctx.db.inTransaction(async (tx) => {
    const { email } = await tx.account.findUniqueOrThrow({ where: { userId } });
    await recordSecurityEvent(ctx, tx, { userId, type: 'PASSKEY_CLONED', subject: name });
    await queueMail(ctx, tx, [{ template: 'passkey-cloned', userId, recipient: email }]);
  });
  ctx.mail.wake();
  ctx.log.warn({ userId }, 'the counter of a passkey went back; it may have been copied');
}
