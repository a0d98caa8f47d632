import { createHash } from 'node:crypto';
import type { Logger } from '@civitas/platform/telemetry';

/** Knows passwords that were published after a break-in elsewhere. */
export interface BreachedPasswords {
  /** Never rejects; `unknown` while the list cannot be asked. */
  lookUp(password: string): Promise<'breached' | 'not listed' | 'unknown'>;
}

interface RangeOptions {
  /** Of a server with HIBP's range API, e.g. `https://api.pwnedpasswords.com`. */
  readonly url: string;
  readonly log: Logger;
}

const TIMEOUT_MS = 1_500;
const PREFIX_LENGTH = 5;

/**
 * Asks for all hashes with the same five first digits, so that the server does not learn which one
 * is meant, and for padding, so that nobody on the way does.
 * See https://haveibeenpwned.com/API/v3#SearchingPwnedPasswordsByRange.
 */
export function askRangeServer({ url, log }: RangeOptions): BreachedPasswords {
  return {
    lookUp: async (password) => {
      const digest = sha1Of(password);
      const [prefix, suffix] = [digest.slice(0, PREFIX_LENGTH), digest.slice(PREFIX_LENGTH)];
      try {
        const answer = await fetch(new URL(`/range/${prefix}`, url), {
          headers: { 'add-padding': 'true' },
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        if (!answer.ok) throw new Error(`The list answered ${answer.status}.`);
        const lines = (await answer.text()).split(/\r?\n/);
        // Padding has the count 0.
        const isListed = lines.some(
          (line) => line.startsWith(`${suffix}:`) && !line.endsWith(':0'),
        );
        return isListed ? 'breached' : 'not listed';
      } catch (error) {
        log.warn({ err: error }, 'the list of breached passwords cannot be asked');
        return 'unknown';
      }
    },
  };
}

/** Upper-case hexadecimal SHA-1, as the lists have it; it protects nothing here. */
export function sha1Of(password: string): string {
  return createHash('sha1').update(password).digest('hex').toUpperCase();
}

/** Where no list is configured, the estimator's own list of common passwords has to do. */
export const NO_LIST: BreachedPasswords = { lookUp: async () => 'not listed' };
