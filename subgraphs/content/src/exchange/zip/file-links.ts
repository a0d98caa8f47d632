import { posix } from 'node:path';
import { hashOfReference, REFERENCE } from '../../attachments/index.ts';

// Where a text names a file: `](address)` and `[id]: address`. Everything else stays as it is, code too,
// because both directions find the same places. Every repetition is bounded.
const LINK =
  /(?<before>\]\([ \t]{0,9}|^ {0,3}\[[^\]\n]{1,200}\]:[ \t]{0,9})(?:<(?<quoted>[^<>\n]{1,500})>|(?<bare>[^\s\(\)<>]{1,500}))/gmv;

/**
 * The same text with other addresses of files.
 *
 * @param changed what to write instead of an address; null leaves it as it is.
 */
export function withFileLinks(
  markdown: string,
  changed: (address: string) => string | null,
): string {
  return markdown.replaceAll(LINK, (whole, ...match) => {
    const { before, quoted, bare } = match.at(-1) as Record<string, string | undefined>;
    const address = changed(quoted ?? bare ?? '');
    if (address === null) return whole;
    return quoted === undefined ? `${before}${address}` : `${before}<${address}>`;
  });
}

/** A text whose references to attachments are paths to their files, and the way back. */
export function withPaths(markdown: string, pathOf: (sha256: string) => string | null): string {
  return withFileLinks(markdown, (address) => {
    const sha256 = hashOfReference(address);
    return sha256 === null ? null : pathOf(sha256);
  });
}

export function referenceTo(sha256: string): string {
  return REFERENCE + sha256;
}

/**
 * Where a relative address in a file of an archive leads; null for what is no path, or leads out of it.
 *
 * @param folder of the file, without a slash at its end.
 */
export function resolveInArchive(folder: string, address: string): string | null {
  if (/^(?:[a-z][a-z0-9+.\-]{0,30}:|[\/\\#?])/iv.test(address)) return null;
  const path = posix.normalize(posix.join(folder, decoded(address.replace(/[#?].*$/v, ''))));
  return path.startsWith('../') || path === '..' ? null : path;
}

function decoded(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}
