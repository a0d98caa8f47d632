import { z } from 'zod';
import type { Sealer } from '../secrets/index.ts';

/** How long somebody may take at the provider. */
export const ATTEMPT_MS = 10 * 60_000;

const shape = z.object({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  returnTo: z.string(),
  codeChallenge: z.string(),
  expiresAt: z.number(),
});

/** What the browser that was sent away carries, sealed. */
export type CarriedAttempt = z.output<typeof shape>;

export interface AttemptCookie {
  /** A `Set-Cookie` value. */
  set(attempt: CarriedAttempt, providerId: string): string;
  /** Null when there is none, or it is another provider's, too old or tampered with. */
  read(header: string | undefined, providerId: string, now: Date): CarriedAttempt | null;
  clear(): string;
}

/**
 * Ties an attempt to the browser it began in, without a row for everybody who merely opens the page.
 *
 * @param isSecure whether people reach us by https: then the cookie is `__Host-` and `Secure`.
 */
export function createAttemptCookie(sealer: Sealer, isSecure: boolean): AttemptCookie {
  const name = isSecure ? '__Host-civitas-signin' : 'civitas-signin';
  // Lax: it comes with the redirect back from the provider, which is a navigation.
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
  return {
    set: (attempt, providerId) => {
      const sealed = sealer.seal(Buffer.from(JSON.stringify(attempt)), providerId);
      const value = Buffer.from(sealed).toString('base64url');
      return `${name}=${value}; ${attributes}; Max-Age=${ATTEMPT_MS / 1000}`;
    },
    read: (header, providerId, now) => {
      const pairs = header?.split(';').map((pair) => pair.trim()) ?? [];
      const value = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
      if (!value) return null;
      try {
        const opened = sealer.open(Buffer.from(value, 'base64url'), providerId);
        const attempt = shape.parse(JSON.parse(Buffer.from(opened).toString('utf8')));
        return attempt.expiresAt > now.getTime() ? attempt : null;
      } catch {
        return null;
      }
    },
    clear: () => `${name}=; ${attributes}; Max-Age=0`,
  };
}
