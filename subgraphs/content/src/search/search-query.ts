import type { ContentDatabase } from '../context.ts';

/** What somebody typed, in Postgres's language for text queries. */
export interface SearchQuery {
  /** Every word in the title, or a longer one that begins with it. */
  readonly titled: string;
  /** The same, anywhere. */
  readonly exact: string;
  /** The same, or a word that was probably meant. */
  readonly wide: string;
}

const MAX_WORDS = 8;
/** A single letter as a prefix finds half of everything. */
const MIN_PREFIX = 2;

/**
 * Splits what was typed into words and finds what each may have been meant to be, in one statement.
 *
 * @returns null when there is no word in it.
 */
export async function readSearchQuery(
  db: ContentDatabase,
  text: string,
): Promise<SearchQuery | null> {
  // Letters and digits only: what is left can mean nothing in a text query but itself.
  const words = (text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).slice(0, MAX_WORDS);
  if (words.length === 0) return null;
  const meant = await findMeantWords(db, words);
  const asTyped = words.map((word) => (word.length < MIN_PREFIX ? word : `${word}:*`));
  return {
    titled: words
      .map((word) => (word.length < MIN_PREFIX ? `${word}:A` : `${word}:*A`))
      .join(' & '),
    exact: asTyped.join(' & '),
    wide: asTyped
      .map((word, index) => `(${[word, ...(meant.get(index) ?? [])].join(' | ')})`)
      .join(' & '),
  };
}

async function findMeantWords(
  db: ContentDatabase,
  words: readonly string[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  const rows = await db.client.$queryRaw<{ index: number; word: string }[]>`
    SELECT typed.index::int AS index, near.word
    FROM unnest(${words}::text[]) WITH ORDINALITY AS numbered (word, number)
    CROSS JOIN LATERAL (SELECT unaccent(numbered.word) AS word, number - 1 AS index) AS typed
    CROSS JOIN LATERAL (
      SELECT word FROM search_word
      WHERE word % typed.word AND word <> typed.word
      ORDER BY similarity(word, typed.word) DESC, word
      LIMIT 5
    ) AS near
    WHERE length(typed.word) BETWEEN 4 AND 30`;
  return new Map(
    [...Map.groupBy(rows, (row) => row.index)].map(([index, found]) => [
      index,
      found.map(({ word }) => word),
    ]),
  );
}
