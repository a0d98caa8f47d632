import { isUniqueViolation } from '@civitas/platform/database';
import { UserFailure } from '@civitas/platform/errors';

/** The failure behind a unique violation of badge numbers; null for any other error. */
export function badgeNumberTaken(error: unknown, path: readonly string[]): UserFailure | null {
  return isUniqueViolation(error, 'user_badge_number_key') ? badgeNumberIsTaken(path) : null;
}

/** @param path of the officer's fields. */
export function badgeNumberIsTaken(path: readonly string[]): UserFailure {
  return new UserFailure('BadgeNumberTaken', 'An officer with this badge number has registered.', [
    ...path,
    'badgeNumber',
  ]);
}
