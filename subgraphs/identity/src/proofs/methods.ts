import type { IdentityTransaction } from '../context.ts';
import type { ProofMethod } from '../generated/prisma/client.ts';

/** What counts as two factors, or as the second of two. A passkey asks for a finger or a PIN. */
const SECOND_FACTORS: ReadonlySet<ProofMethod> = new Set(['TOTP', 'RECOVERY_CODE', 'PASSKEY']);

export function isSecondFactor(method: ProofMethod): boolean {
  return SECOND_FACTORS.has(method);
}

/** Which second factors an account has. None of them means that a password alone signs in. */
export interface SecondFactors {
  readonly totp: boolean;
  readonly passkey: boolean;
}

type Queryable = Pick<IdentityTransaction, '$queryRaw'>;

/** The second factors of an account, by one statement. */
export async function secondFactorsOf(db: Queryable, userId: string): Promise<SecondFactors> {
  const [found] = await db.$queryRaw<SecondFactors[]>`
    SELECT EXISTS (
             SELECT FROM totp_authenticator WHERE user_id = ${userId} AND confirmed_at IS NOT NULL
           ) AS totp,
           EXISTS (SELECT FROM passkey WHERE user_id = ${userId}) AS passkey`;
  return found ?? { totp: false, passkey: false };
}

/** True when signing in to this account takes a second step. */
export async function hasSecondFactor(db: Queryable, userId: string): Promise<boolean> {
  const { totp, passkey } = await secondFactorsOf(db, userId);
  return totp || passkey;
}
