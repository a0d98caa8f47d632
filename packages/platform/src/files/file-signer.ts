import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** Signs what an address says, so that nothing has to be stored to check it. */
export interface FileSigner {
  sign(...said: readonly (string | number)[]): string;
  /** In constant time, by any of the keys. */
  isSigned(signature: string, ...said: readonly (string | number)[]): boolean;
}

/**
 * @param secrets at least 32 characters each. The first one signs; all of them are believed, so that a new
 * one can be put before the old one, which is taken away when the last address it signed has expired.
 * @param purpose what is signed for one thing is good for no other.
 */
export function createFileSigner(secrets: readonly string[], purpose: string): FileSigner {
  const keys = secrets.map((secret) =>
    Buffer.from(hkdfSync('sha256', secret, '', `civitas-files-${purpose}`, 32)),
  );
  const [newest] = keys;
  if (!newest) throw new Error('Files are signed with at least one secret.');
  const signature = (key: Buffer, said: readonly (string | number)[]) =>
    // As JSON, in which no two lists look the same.
    createHmac('sha256', key).update(JSON.stringify(said)).digest();
  return {
    sign: (...said) => signature(newest, said).toString('base64url'),
    isSigned: (given, ...said) => {
      const bytes = Buffer.from(given, 'base64url');
      return keys.some((key) => {
        const expected = signature(key, said);
        return bytes.length === expected.length && timingSafeEqual(bytes, expected);
      });
    },
  };
}
