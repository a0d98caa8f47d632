/** What stands before a file's hash where a text refers to it. By its hash, so that copies need no other text. */
export const REFERENCE = 'attachment:';

/** The hash of the file that an address in a text means; null for any other address. */
export function hashOfReference(address: string): string | null {
  return /^attachment:([0-9a-f]{64})$/.exec(address)?.[1] ?? null;
}
