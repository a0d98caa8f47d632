import { UserFailure } from '@civitas/platform/errors';
import { z } from 'zod';

/** NIST SP 800-63B-4 §3.1.1.2: 15 characters where a password stands alone, 8 with a second factor. */
const MIN_LENGTH_ALONE = 15;
const MIN_LENGTH = 8;
const MAX_LENGTH = 128;

/** A password somebody presents: no lower bound, because whether it is wrong is for the hash to say. */
export const presentedPassword = z
  .string()
  .max(MAX_LENGTH, `must have at most ${MAX_LENGTH} characters.`);

/**
 * A new password, taken byte for byte: no trimming, no normalization, no rules of composition. Where
 * it stands alone, {@link assertStandsAlone} asks for more.
 */
export const newPassword = presentedPassword.min(
  MIN_LENGTH,
  `must have at least ${MIN_LENGTH} characters.`,
);

/** @throws UserFailure `InvalidInput` for a password that is too short without a second factor. */
export function assertStandsAlone(password: string, path: readonly string[]): void {
  if (password.length >= MIN_LENGTH_ALONE) return;
  throw new UserFailure(
    'InvalidInput',
    `\`${path.join('.')}\`: must have at least ${MIN_LENGTH_ALONE} characters without a second factor.`,
    path,
  );
}
