import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts what has to be readable again (AES-256-GCM, NIST SP 800-38D). */
export interface Sealer {
  /**
   * @param owner what the secret belongs to: it opens for nobody else, so that a sealed value cannot
   * be moved to another row.
   */
  seal(plain: Uint8Array, owner: string): Uint8Array<ArrayBuffer>;
  /** @throws Error when it was changed, belongs to another owner or was sealed with another key. */
  open(sealed: Uint8Array, owner: string): Uint8Array;
}

/** @param key 256 bits. */
export function createSealer(key: Uint8Array): Sealer {
  return {
    seal: (plain, owner) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(owner));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return new Uint8Array(Buffer.concat([nonce, cipher.getAuthTag(), body]));
    },
    open: (sealed, owner) => {
      const nonce = sealed.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(owner))
        .setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const body = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES));
      return new Uint8Array(Buffer.concat([body, decipher.final()]));
    },
  };
}
