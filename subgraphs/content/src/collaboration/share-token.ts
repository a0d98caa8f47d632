import { createHash, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;

/** A new token and what is kept of it. */
export function newShareToken(): {
  readonly token: string;
  readonly hash: Uint8Array<ArrayBuffer>;
} {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  return { token, hash: hashOfToken(token) };
}

/** SHA-256: a token has 256 random bits, so nobody guesses it and it needs no salt. */
export function hashOfToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token).digest());
}
