import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** What somebody presents of a device; whether it is ours is for the signature to say. */
export const deviceToken = z.string().max(1_000, 'must have at most 1,000 characters.');

const DAY_MS = 24 * 60 * 60_000;
/** As long as browsers keep a cookie at most (RFC 6265bis §5.5). Every sign-in begins it anew. */
export const DEVICE_MS = 400 * DAY_MS;
/** A family's tablet; who signs in with more drops the one that was last seen longest ago. */
const MAX_ACCOUNTS = 5;

/**
 * Devices that somebody has signed in with before, after OWASP's "Slow down online guessing attacks
 * with device cookies": they have attempts of their own, so that a stranger who uses up those of an
 * account does not keep its owner out.
 */
export interface Devices {
  /**
   * The device's id, when a token is ours, not too old, and an account with this address has signed in
   * with it. Null for everything else, without saying why. A pure computation: nothing is looked up.
   */
  recognise(token: string | null | undefined, email: string, now: Date): string | null;
  /** The token of a device that has just signed in: the same device, when it had one. */
  remember(
    token: string | null | undefined,
    email: string,
    now: Date,
  ): { readonly token: string; readonly expiresAt: Date };
}

interface Device {
  readonly id: string;
  readonly accounts: readonly string[];
}

/**
 * A token is `seconds.id.accounts.signature`; an account is 72 bits of a keyed hash of its address,
 * so that nobody reads from a token who uses a device.
 *
 * @param key 256 bits; with another one every device is unknown.
 */
export function createDevices(key: Uint8Array): Devices {
  // A key made once: from bytes, one is made for each text, which takes five times as long.
  const secret = createSecretKey(key);
  const mac = (text: string) => createHmac('sha256', secret).update(text).digest();
  const accountOf = (email: string) =>
    mac(`account\0${email}`).subarray(0, 9).toString('base64url');

  function read(token: string | null | undefined, now: Date): Device | null {
    const [seconds = '', id = '', accounts = '', signature = ''] = token?.split('.') ?? [];
    const expected = mac(`device\0${seconds}.${id}.${accounts}`);
    const given = Buffer.from(signature, 'base64url');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    if (Number(seconds) * 1000 + DEVICE_MS <= now.getTime()) return null;
    return { id, accounts: accounts.split('~') };
  }

  return {
    recognise: (token, email, now) => {
      const device = read(token, now);
      return device?.accounts.includes(accountOf(email)) ? device.id : null;
    },
    remember: (token, email, now) => {
      const known = read(token, now);
      const account = accountOf(email);
      const others = known?.accounts.filter((each) => each !== account) ?? [];
      const accounts = [account, ...others].slice(0, MAX_ACCOUNTS).join('~');
      const id = known?.id ?? randomBytes(16).toString('base64url');
      const text = `${Math.floor(now.getTime() / 1000)}.${id}.${accounts}`;
      return {
        token: `${text}.${mac(`device\0${text}`).toString('base64url')}`,
        expiresAt: new Date(now.getTime() + DEVICE_MS),
      };
    },
  };
}
