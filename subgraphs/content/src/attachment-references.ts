/** What stands before a file's hash where a text refers to it. By its hash, so that copies need no other text. */
export const REFERENCE = 'attachment:';

/** The hash of the file that an address in a text means; null for any other address. */
export function hashOfReference(address: string): string | null {
  return /^attachment:([0-9a-f]{64})$/.exec(address)?.[1] ?? null;
}

/** The hashes that a text names in whatever way, each once, at most 500: more than a subject has. */
export function hashesIn(markdown: string): string[] {
  const found = new Set<string>();
  for (const [, hash = ''] of markdown.matchAll(/attachment:([0-9a-f]{64})/g)) {
    if (found.add(hash).size === 500) break;
  }
  return [...found];
}
