import { z } from 'zod';

/** NIST SP 800-63B-4 §3.1.1.2 asks for 15 characters where a password stands alone. */
const MIN_LENGTH = 15;
const MAX_LENGTH = 128;

/** A password somebody presents: no lower bound, because whether it is wrong is for the hash to say. */
export const presentedPassword = z
  .string()
  .max(MAX_LENGTH, `must have at most ${MAX_LENGTH} characters.`);

/** A new password, taken byte for byte: no trimming, no normalization, no rules of composition. */
export const newPassword = presentedPassword.min(
  MIN_LENGTH,
  `must have at least ${MIN_LENGTH} characters.`,
);
