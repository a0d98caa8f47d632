import { Secret, TOTP } from 'otpauth';

/** What every authenticator app understands: RFC 6238 with its defaults. */
const PARAMETERS = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** A clock may be one step off, in either direction (RFC 6238 §5.2). */
const WINDOW_STEPS = 1;
/** 160 bits, the length of HMAC-SHA-1's output (RFC 4226 §4). */
export const TOTP_SECRET_BYTES = 20;

/** What a person scans or types into their app. */
export function totpUri(secret: Uint8Array, label: string): { secret: string; uri: string } {
  const held = new Secret({ buffer: bufferOf(secret) });
  const totp = new TOTP({ ...PARAMETERS, issuer: 'Civitas', label, secret: held });
  return { secret: held.base32, uri: totp.toString() };
}

/** The time step whose code this is, or null when it is none of those around `now`. */
export function totpStepOf(code: string, secret: Uint8Array, now: Date): number | null {
  const timestamp = now.getTime();
  const delta = TOTP.validate({
    ...PARAMETERS,
    token: code,
    secret: new Secret({ buffer: bufferOf(secret) }),
    timestamp,
    window: WINDOW_STEPS,
  });
  return delta === null ? null : TOTP.counter({ period: PARAMETERS.period, timestamp }) + delta;
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
