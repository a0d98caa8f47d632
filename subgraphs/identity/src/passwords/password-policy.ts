import { UserFailure } from '@civitas/platform/errors';
import type { BreachedPasswords } from './breached-passwords.ts';
import { assertStandsAlone } from './password-input.ts';
import { strengthEstimator } from './strength.ts';

/** Beyond 10^8 guesses alone, beyond 10^6 where guessing it is not enough. */
const MIN_SCORE_ALONE = 3;
const MIN_SCORE = 2;

interface NewPassword {
  readonly password: string;
  /** The argument it came in. */
  readonly path: readonly string[];
  /** Whether there is a second factor besides. */
  readonly secondFactor: boolean;
  /** What an attacker would try first: names and addresses of the person. */
  readonly about: readonly string[];
}

/** Decides which passwords people may choose. There are no rules of composition. */
export interface PasswordPolicy {
  /**
   * @returns whether the list of breached passwords could not be asked, so that it is to be asked later.
   * @throws UserFailure `InvalidInput` when it is too short, `WeakPassword`.
   */
  assertAcceptable(candidate: NewPassword): Promise<{ breachUnknown: boolean }>;
  /** Asks the list again about a password that is in use. */
  lookUp: BreachedPasswords['lookUp'];
}

export function createPasswordPolicy(breached: BreachedPasswords): PasswordPolicy {
  const estimate = strengthEstimator();
  return {
    assertAcceptable: async ({ password, path, secondFactor, about }) => {
      if (!secondFactor) assertStandsAlone(password, path);
      const { score, warning, suggestions } = estimate(password, ['civitas', ...about]);
      if (score < (secondFactor ? MIN_SCORE : MIN_SCORE_ALONE)) {
        throw weakPassword(path, warning ?? 'This password is easy to guess.', suggestions);
      }
      const found = await breached.lookUp(password);
      if (found === 'breached') {
        throw weakPassword(path, 'This password was published after a break-in elsewhere.', [
          'Use a password that you use nowhere else.',
        ]);
      }
      return { breachUnknown: found === 'unknown' };
    },
    lookUp: breached.lookUp,
  };
}

function weakPassword(path: readonly string[], message: string, suggestions: readonly string[]) {
  return new UserFailure('WeakPassword', message, path, { suggestions });
}
