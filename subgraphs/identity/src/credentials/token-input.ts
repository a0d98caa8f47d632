import { UserFailure } from '@civitas/platform/errors';
import { z } from 'zod';

/** A token as a mail gave it; anything else is simply not one. */
export const tokenInput = z.string().trim().max(200, 'must have at most 200 characters.');

/** The same for a token that was never given out, is used up, has expired or is for something else. */
export function tokenInvalid(): UserFailure {
  return new UserFailure(
    'OneTimeTokenInvalid',
    'This code is not good any more. Ask for a new one.',
    ['input', 'token'],
  );
}
