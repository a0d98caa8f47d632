import { isUniqueViolation } from '@civitas/platform/database';
import { UserFailure } from '@civitas/platform/errors';
import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput, text } from '@civitas/platform/validation';
import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type RegistrationResponseJSON,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { z } from 'zod';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { Passkey } from '../generated/prisma/client.ts';
import { queueMail } from '../mail/index.ts';
import { hasSecondFactor, proveOwner, replaceRecoveryCodes } from '../proofs/index.ts';
import { tellOfRoles } from '../roles/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { endSessions } from '../sessions/index.ts';
import { issueChallenge, takeChallenge } from './challenge.ts';
import { registrationCredential } from './credential-input.ts';
import { ALGORITHMS, PARTY_NAME, passkeyRejected } from './relying-party.ts';

const MAX_PASSKEYS = 20;

/**
 * What a browser needs to make a passkey: discoverable, and with user verification, so that it can
 * stand alone. Only an account with a confirmed address can have one, as with authenticator apps.
 *
 * @throws UserFailure `StepUpRequired`, `EmailNotVerified`, `TooManyPasskeys`.
 */
export async function startPasskeyRegistration(
  ctx: IdentityContext,
): Promise<{ options: PublicKeyCredentialCreationOptionsJSON; expiresAt: Date }> {
  const { userId, email, emailVerifiedAt } = await proveOwner(ctx, null, []);
  if (!emailVerifiedAt) {
    throw new UserFailure('EmailNotVerified', 'Confirm your e-mail address first.');
  }
  const user = await ctx.db.client.user.findUniqueOrThrow({
    where: { id: userId },
    include: { passkeys: true },
  });
  if (user.passkeys.length >= MAX_PASSKEYS) throw tooManyPasskeys();
  const { challenge, expiresAt } = await issueChallenge(ctx, 'REGISTRATION', userId);
  const options = await generateRegistrationOptions({
    rpName: PARTY_NAME,
    rpID: ctx.relyingParty.id,
    userID: userHandleOf(userId),
    userName: email,
    userDisplayName: user.displayName,
    challenge,
    timeout: expiresAt.getTime() - ctx.now().getTime(),
    attestationType: 'none',
    excludeCredentials: user.passkeys.map(({ credentialId, transports }) => ({
      id: Buffer.from(credentialId).toString('base64url'),
      transports,
    })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
  });
  return { options, expiresAt };
}

/** The id is opaque and says nothing about the person, as WebAuthn §14.6.1 asks. */
export function userHandleOf(userId: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(userId));
}

const finishInput = z.object({ credential: registrationCredential, name: text({ max: 80 }) });

/**
 * Keeps a passkey that was just made. When it is the account's first second factor, the other
 * sessions end, since they were opened without one, and recovery codes are made.
 *
 * @throws UserFailure `PasskeyRejected`, `TooManyPasskeys`, `InvalidInput`.
 */
export async function finishPasskeyRegistration(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ passkey: Passkey; recoveryCodes: string[] | null }> {
  const { id: userId, sessionId } = requireUser(ctx);
  const { credential, name } = parseInput(finishInput, input);
  const made = await verified(ctx, userId, credential);
  try {
    const kept = await ctx.db.inTransaction(async (tx) => {
      // Passkeys of one account are added one after the other, or both would be the first.
      await tx.$queryRaw`SELECT user_id FROM account WHERE user_id = ${userId} FOR UPDATE`;
      if ((await tx.passkey.count({ where: { userId } })) >= MAX_PASSKEYS) throw tooManyPasskeys();
      const isFirst = !(await hasSecondFactor(tx, userId));
      const passkey = await tx.passkey.create({
        data: { id: newId('psk'), userId, name, createdAt: ctx.now(), ...made },
      });
      await tellOwner(ctx, tx, { userId, sessionId, name });
      if (isFirst) {
        await endSessions(ctx, tx, userId, { except: sessionId });
        await tellOfRoles(ctx, tx, userId);
      }
      const recoveryCodes = isFirst ? await replaceRecoveryCodes(ctx, tx, userId) : null;
      return { passkey, recoveryCodes };
    });
    ctx.mail.wake();
    return kept;
  } catch (error) {
    // An authenticator that hands out an id twice, or somebody who offers another person's.
    if (isUniqueViolation(error, 'passkey_credential_id_key')) throw passkeyRejected();
    throw error;
  }
}

async function verified(ctx: IdentityContext, userId: string, response: RegistrationResponseJSON) {
  const verification = await verifyRegistrationResponse({
    response,
    expectedChallenge: async (challenge) =>
      (await takeChallenge(ctx, challenge, 'REGISTRATION'))?.userId === userId,
    expectedOrigin: [...ctx.relyingParty.origins],
    expectedRPID: ctx.relyingParty.id,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch((error: unknown) => {
    ctx.log.info({ reason: (error as Error).message }, 'passkey registration refused');
    throw passkeyRejected();
  });
  if (!verification.verified) throw passkeyRejected();
  const { id, publicKey, counter, transports = [] } = verification.registrationInfo.credential;
  const credentialId = new Uint8Array(Buffer.from(id, 'base64url'));
  return { credentialId, publicKey, counter: BigInt(counter), transports };
}

async function tellOwner(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  { userId, sessionId, name }: { userId: string; sessionId: string; name: string },
): Promise<void> {
  const { email } = await tx.account.findUniqueOrThrow({ where: { userId } });
  await recordSecurityEvent(ctx, tx, { userId, type: 'PASSKEY_ADDED', sessionId, subject: name });
  await queueMail(ctx, tx, [{ template: 'passkey-added', userId, recipient: email }]);
}

function tooManyPasskeys(): UserFailure {
  return new UserFailure('TooManyPasskeys', `You have ${MAX_PASSKEYS} passkeys already.`);
}
