import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { User } from '../generated/prisma/client.ts';
import { policiesOf, scopesOf } from '../policies/index.ts';
import { hasSecondFactor } from '../proofs/index.ts';

type Policy = Pick<IdentityContext, 'rolesNeedSecondFactor'>;
type Queryable = Pick<IdentityTransaction, '$queryRaw'>;

/**
 * Of the platform roles that somebody was given, those that count: none while their account has no
 * second factor, where that is demanded. Asks the database about nobody but those who have roles.
 */
export async function rolesInForce(
  { rolesNeedSecondFactor }: Policy,
  db: Queryable,
  { id, roles }: Pick<User, 'id' | 'roles'>,
): Promise<string[]> {
  if (roles.length === 0 || !rolesNeedSecondFactor) return roles;
  return (await hasSecondFactor(db, id)) ? roles : [];
}

/** Somebody with the roles that count, for what is said about them to others. */
export async function asInForce<Person extends Pick<User, 'id' | 'roles'>>(
  policy: Policy,
  db: Queryable,
  person: Person,
): Promise<Person> {
  return { ...person, roles: await rolesInForce(policy, db, person) };
}

/** What holds for somebody now; null for nobody and for who was erased. */
export async function presentRights(
  policy: Policy,
  db: Queryable & Pick<IdentityTransaction, 'user'>,
  userId: string,
): Promise<{ roles: string[]; policies: string[]; scopes: string[] } | null> {
  const user = await db.user.findUnique({ where: { id: userId } });
  if (!user || user.erasedAt) return null;
  const person = await asInForce(policy, db, user);
  return { roles: person.roles, policies: policiesOf(person), scopes: scopesOf(person) };
}
