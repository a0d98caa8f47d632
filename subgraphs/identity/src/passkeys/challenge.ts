import { createHash, randomBytes } from 'node:crypto';
import type { IdentityContext } from '../context.ts';
import type { PasskeyCeremony } from '../generated/prisma/client.ts';

/** What WebAuthn §15.1 recommends with user verification. */
export const CHALLENGE_LIFETIME_MS = 5 * 60_000;

/** Abandoned ones are deleted by those that come after, some at a time. */
const SWEPT_AT_ONCE = 50;

export interface FreshChallenge {
  readonly challenge: Uint8Array<ArrayBuffer>;
  readonly expiresAt: Date;
}

/** Makes what an authenticator has to sign: 256 random bits, of which the hash is kept. */
export async function issueChallenge(
  ctx: IdentityContext,
  ceremony: PasskeyCeremony,
  userId: string | null,
): Promise<FreshChallenge> {
  const now = ctx.now();
  const challenge = new Uint8Array(randomBytes(32));
  const expiresAt = new Date(now.getTime() + CHALLENGE_LIFETIME_MS);
  const hash = hashOf(Buffer.from(challenge).toString('base64url'));
  await ctx.db.client.$executeRaw`
    WITH swept AS (
      DELETE FROM passkey_challenge WHERE hash IN (
        SELECT hash FROM passkey_challenge WHERE expires_at <= ${now}
        LIMIT ${SWEPT_AT_ONCE} FOR UPDATE SKIP LOCKED
      )
    )
    INSERT INTO passkey_challenge (hash, ceremony, user_id, expires_at)
    VALUES (${hash}, ${ceremony}::passkey_ceremony, ${userId}, ${expiresAt})`;
  return { challenge, expiresAt };
}

/**
 * Uses a challenge up, whatever else is right about the answer. Of many that try at once, one gets it.
 *
 * @param challenge as the authenticator signed it, in base64url.
 * @returns for whom it was made; undefined when it is not good.
 */
export async function takeChallenge(
  ctx: IdentityContext,
  challenge: string,
  ceremony: PasskeyCeremony,
): Promise<{ userId: string | null } | undefined> {
  const [taken] = await ctx.db.client.$queryRaw<
    { ceremony: PasskeyCeremony; userId: string | null; expiresAt: Date }[]
  >`DELETE FROM passkey_challenge WHERE hash = ${hashOf(challenge)}
    RETURNING ceremony, user_id AS "userId", expires_at AS "expiresAt"`;
  return taken?.ceremony === ceremony && taken.expiresAt > ctx.now() ? taken : undefined;
}

function hashOf(challenge: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(challenge).digest());
}
