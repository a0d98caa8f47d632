import { isUniqueViolation } from '@civitas/platform/database';
import { UserFailure } from '@civitas/platform/errors';

/** What somebody is told whose badge number another officer has; null for any other error. */
export function badgeNumberTaken(error: unknown, path: readonly string[]): UserFailure | null {
  if (!isUniqueViolation(error, 'user_badge_number_key')) return null;
  return new UserFailure('BadgeNumberTaken', 'An officer with this badge number has registered.', [
    ...path,
    'badgeNumber',
  ]);
}
