import { createHash, randomBytes } from 'node:crypto';

/** Lets scanners of source code recognise a key that was published by mistake. */
const PREFIX = 'civitas_';
const FORM = /^civitas_[\w-]{43}$/;

/** A new key: 256 random bits. */
export function newApiKey(): string {
  return PREFIX + randomBytes(32).toString('base64url');
}

/** What is stored of a key; null for what cannot be one. It has 256 bits, so a plain hash is enough. */
export function hashApiKey(key: string): Uint8Array<ArrayBuffer> | null {
  if (!FORM.test(key)) return null;
  return new Uint8Array(createHash('sha256').update(key).digest());
}
