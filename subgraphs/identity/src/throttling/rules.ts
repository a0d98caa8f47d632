const MINUTE_MS = 60_000;

/** How often something may be tried for one subject within a fixed window of time. */
export interface ThrottleRule {
  /** Part of the counter's key: renaming a rule starts its counts anew. */
  readonly name: string;
  readonly attempts: number;
  readonly windowMs: number;
}

/**
 * OWASP's authentication cheat sheet asks for a limit per account that slows guessing down without
 * locking anybody out for good: a window ends by itself, and trying does not prolong it.
 */
export const throttleRules = {
  /** Wrong passwords per account, known or not, from devices that are not known for it. */
  password: { name: 'password', attempts: 10, windowMs: 15 * MINUTE_MS },
  /** Wrong passwords for an account from one device that has signed in to it before, or in one session. */
  knownDevice: { name: 'known-device', attempts: 10, windowMs: 15 * MINUTE_MS },
  /** Second factors per account: three of a million codes are right at a time. */
  secondFactor: { name: 'second-factor', attempts: 10, windowMs: 15 * MINUTE_MS },
  /** Answers of one passkey; they cannot be guessed, but each costs a signature to check. */
  passkey: { name: 'passkey', attempts: 60, windowMs: 15 * MINUTE_MS },
  /** Registrations with one e-mail address. */
  registration: { name: 'registration', attempts: 30, windowMs: 60 * MINUTE_MS },
  /** New handles of one person; each keeps the one before from everybody for a year. */
  handle: { name: 'handle', attempts: 5, windowMs: 24 * 60 * MINUTE_MS },
  /** Pictures somebody may begin to send; each is kept for an hour and decoded. */
  avatar: { name: 'avatar', attempts: 20, windowMs: 60 * MINUTE_MS },
  /** Mails somebody can cause to one address or for one account. */
  mail: { name: 'mail', attempts: 5, windowMs: 60 * MINUTE_MS },
  /** Refreshes of one session; an app needs one in five minutes, its tabs some more. */
  refresh: { name: 'refresh', attempts: 60, windowMs: MINUTE_MS },
  /** Hashes that one client address may cause; many people share one behind a large network. */
  clientAddress: { name: 'client-address', attempts: 300, windowMs: 15 * MINUTE_MS },
} as const satisfies Record<string, ThrottleRule>;
