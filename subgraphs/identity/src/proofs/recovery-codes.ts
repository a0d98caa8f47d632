import { createHmac, randomInt } from 'node:crypto';
import type { IdentityContext, IdentityTransaction } from '../context.ts';

const COUNT = 10;
/** Crockford's base32: no letter can be taken for a digit. 16 of them make 80 bits. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 16;
const GROUPS = /.{4}(?=.)/g;

/** Replaces a person's recovery codes by ten new ones, which are shown once and stored as hashes. */
export async function replaceRecoveryCodes(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  userId: string,
): Promise<string[]> {
  const codes = Array.from({ length: COUNT }, newCode);
  await tx.recoveryCode.deleteMany({ where: { userId } });
  await tx.recoveryCode.createMany({
    data: codes.map((code) => ({ userId, hash: hashCode(ctx, code) })),
  });
  return codes;
}

/** Uses a recovery code up. Of many that try at once, one gets true. */
export async function takeRecoveryCode(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  userId: string,
  code: string,
): Promise<boolean> {
  const { count } = await tx.recoveryCode.deleteMany({
    where: { userId, hash: hashCode(ctx, code) },
  });
  return count === 1;
}

function newCode(): string {
  const letters = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]);
  return letters.join('').replaceAll(GROUPS, '$&-');
}

/** Hyphens, spaces and case do not matter to somebody who types it from paper. */
function hashCode(ctx: IdentityContext, code: string): Uint8Array<ArrayBuffer> {
  const plain = code.toLowerCase().replaceAll(/[\s-]/g, '');
  return new Uint8Array(createHmac('sha256', ctx.keys.recoveryCodes).update(plain).digest());
}
