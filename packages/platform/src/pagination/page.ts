import { CivitasError } from '../errors/index.ts';
import type { CursorList } from './cursor.ts';

const MAX_PAGE_SIZE = 100;

/** The arguments of every connection field: `(first: Int! = 20, after: String)`. */
export interface PageArguments {
  readonly first: number;
  readonly after?: string | null | undefined;
}

/** A checked page request. Fetch `first + 1` rows: the extra one says whether there are more. */
export interface Page<Key> {
  readonly first: number;
  /** Rows strictly after this key, or from the start. */
  readonly after: Key | null;
}

/**
 * Checks the paging arguments of a list.
 *
 * @throws CivitasError `PAGE_SIZE_OUT_OF_RANGE` unless 1 ≤ first ≤ 100; `MALFORMED_CURSOR`.
 */
export function readPage<Key extends readonly [unknown, ...unknown[]]>(
  list: CursorList<Key>,
  { first, after }: PageArguments,
): Page<Key> {
  if (first < 1 || first > MAX_PAGE_SIZE) {
    throw new CivitasError('PAGE_SIZE_OUT_OF_RANGE', {
      message: `\`first\` must be between 1 and ${MAX_PAGE_SIZE}, not ${first}.`,
      details: { argumentPath: 'first', minimum: 1, maximum: MAX_PAGE_SIZE },
    });
  }
  return { first, after: after == null ? null : list.decode(after) };
}
