import type { IdentityContext } from '../context.ts';
import type { PasswordHolder } from '../passwords/index.ts';
import type { SessionOwner } from '../sessions/index.ts';

/**
 * What a sign-in needs of an account and its person, in one prepared statement: signing in is what
 * this database does most.
 *
 * @param email lower-cased. Null when nobody has it.
 */
export async function findSignIn(
  ctx: IdentityContext,
  email: string,
): Promise<(PasswordHolder & SessionOwner) | null> {
  const [found] = await ctx.db.client.$queryRaw<
    (PasswordHolder & SessionOwner)[]
  >`/* prepared as find-sign-in */
    SELECT account.user_id AS "userId", account.email, account.password_hash AS "passwordHash",
           account.breach_unknown AS "breachUnknown", person.id, person.kind::text AS kind,
           person.roles::text[] AS roles, person.verified
    FROM account JOIN "user" AS person ON person.id = account.user_id
    WHERE account.email = ${email}`;
  return found ?? null;
}
