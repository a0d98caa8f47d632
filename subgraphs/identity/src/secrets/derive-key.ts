import { hkdfSync } from 'node:crypto';

/** A 256-bit key for one purpose, so that a secret of the configuration serves several (RFC 5869). */
export function deriveKey(secret: string, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `civitas/identity/${purpose}`, 32));
}
