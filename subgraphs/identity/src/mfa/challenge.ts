import { createHash, randomBytes } from 'node:crypto';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { SignInChallenge, User } from '../generated/prisma/client.ts';
import { secondFactorsOf } from '../proofs/index.ts';

const LIFETIME_MS = 10 * 60_000;

/** What a client gets instead of a session while the second step is to come. */
export interface MfaRequired {
  readonly __typename: 'MfaRequired';
  readonly challengeToken: string;
  readonly expiresAt: Date;
  readonly methods: readonly ('TOTP' | 'RECOVERY_CODE' | 'PASSKEY')[];
}

/** Remembers that somebody's password was right. The token opens nothing without a second factor. */
export async function openChallenge(
  ctx: IdentityContext,
  userId: string,
  deviceName: string | null | undefined,
): Promise<MfaRequired> {
  const now = ctx.now();
  const challengeToken = randomBytes(32).toString('base64url');
  const expiresAt = new Date(now.getTime() + LIFETIME_MS);
  const factors = await ctx.db.inTransaction(async (tx) => {
    await tx.signInChallenge.deleteMany({ where: { userId, expiresAt: { lte: now } } });
    await tx.signInChallenge.create({
      data: { hash: hashOf(challengeToken), userId, deviceName: deviceName ?? null, expiresAt },
    });
    return secondFactorsOf(tx, userId);
  });
  return {
    __typename: 'MfaRequired',
    challengeToken,
    expiresAt,
    methods: [
      ...(factors.passkey ? (['PASSKEY'] as const) : []),
      ...(factors.totp ? (['TOTP'] as const) : []),
      'RECOVERY_CODE',
    ],
  };
}

/** The challenge while it is good; it stays good. */
export async function findChallenge(
  ctx: IdentityContext,
  token: string,
): Promise<(SignInChallenge & { user: User }) | null> {
  const challenge = await ctx.db.client.signInChallenge.findUnique({
    where: { hash: hashOf(token) },
    include: { user: true },
  });
  return challenge && challenge.expiresAt > ctx.now() ? challenge : null;
}

/** Uses a challenge up. Of many that try at once, one gets true. */
export async function takeChallenge(
  tx: IdentityTransaction,
  challenge: SignInChallenge,
): Promise<boolean> {
  const { count } = await tx.signInChallenge.deleteMany({ where: { hash: challenge.hash } });
  return count === 1;
}

function hashOf(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token).digest());
}
