import { createHash, randomBytes } from 'node:crypto';
import type { IdentityTransaction } from '../context.ts';
import type { OneTimeToken, OneTimeTokenPurpose } from '../generated/prisma/client.ts';

const MINUTE_MS = 60_000;

/** Half an hour for what opens an account, a day for what confirms an address. */
export const TOKEN_LIFETIME_MS = {
  VERIFY_EMAIL: 24 * 60 * MINUTE_MS,
  CHANGE_EMAIL: 24 * 60 * MINUTE_MS,
  RESET_PASSWORD: 30 * MINUTE_MS,
} as const satisfies Record<OneTimeTokenPurpose, number>;

/** Makes a token of 256 random bits; an older one of the same person and purpose stops working. */
export async function issueToken(
  db: Pick<IdentityTransaction, 'oneTimeToken'>,
  token: { readonly userId: string; readonly purpose: OneTimeTokenPurpose; readonly email: string },
  now: Date,
): Promise<string> {
  const { userId, purpose, email } = token;
  const raw = randomBytes(32).toString('base64url');
  const expiresAt = new Date(now.getTime() + TOKEN_LIFETIME_MS[purpose]);
  const fresh = { hash: hashToken(raw), email, expiresAt };
  await db.oneTimeToken.upsert({
    where: { userId_purpose: { userId, purpose } },
    create: { userId, purpose, ...fresh },
    update: fresh,
  });
  return raw;
}

/** The token's row while it is good; it stays good. */
export async function findToken(
  db: Pick<IdentityTransaction, 'oneTimeToken'>,
  raw: string,
  now: Date,
): Promise<OneTimeToken | null> {
  const token = await db.oneTimeToken.findUnique({ where: { hash: hashToken(raw) } });
  return token && token.expiresAt > now ? token : null;
}

/** Uses a token up. Of many that try at once, one gets the row and the others get null. */
export async function takeToken(
  tx: IdentityTransaction,
  raw: string,
  now: Date,
): Promise<OneTimeToken | null> {
  const token = await findToken(tx, raw, now);
  if (!token) return null;
  const { count } = await tx.oneTimeToken.deleteMany({ where: { hash: token.hash } });
  return count === 1 ? token : null;
}

function hashToken(raw: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(raw).digest());
}
