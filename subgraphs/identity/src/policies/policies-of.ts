import type { User } from '../generated/prisma/client.ts';

/** The names that `@policy` may ask for, in any subgraph: nobody satisfies another. */
export const POLICIES = [
  'administrator',
  'moderator',
  'support',
  'civilian',
  'merchant',
  'officer',
  'family',
  'donor',
  'verified',
] as const;

/**
 * What holds for a person whatever they ask for: their platform roles, their kind, and whether oversight
 * has checked their profile as it stands. What depends on an object is for services to decide.
 */
export function policiesOf({
  roles,
  kind,
  verified,
}: Pick<User, 'roles' | 'kind' | 'verified'>): string[] {
  const held = new Set([...roles, kind].map((each) => each.toLowerCase()));
  if (verified) held.add('verified');
  return POLICIES.filter((name) => held.has(name));
}
