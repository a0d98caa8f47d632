import type { User } from '../generated/prisma/client.ts';

/** What each platform role may do, for fields with `@requiresScopes`. */
const SCOPES_OF_ROLES: Readonly<Record<string, string>> = {
  ADMINISTRATOR: 'platform:administer',
  MODERATOR: 'platform:moderate',
  SUPPORT: 'platform:support',
};

/** The scopes of somebody's access tokens: of their platform roles, and of nothing else. */
export function scopesOf({ roles }: Pick<User, 'roles'>): string[] {
  return roles.flatMap((role) => SCOPES_OF_ROLES[role] ?? []);
}

/** What a person may have by their role alone, and no key by being made with it. */
export function isScopeOfRoles(scope: string): boolean {
  return scope.startsWith('platform:');
}
