import type { ContentDatabase } from '../context.ts';

/** What the vocabulary holds: words of letters alone, of a length in which a typing error can still be told from a word. */
const IS_WORD = `lexeme ~ '^[[:alpha:]]{4,30}$'`;

/** Documents whose words one search learns: some tens of milliseconds after a large import. */
const BATCH = 1_000;

/** Takes `$1` changed texts and adds their words to the vocabulary. */
export const LEARN_WORDS = `
  WITH taken AS (
    DELETE FROM search_pending WHERE document_id IN (
      SELECT document_id FROM search_pending LIMIT $1::int FOR UPDATE SKIP LOCKED
    ) RETURNING document_id
  )
  INSERT INTO search_word (word)
  SELECT DISTINCT lexeme
  FROM taken JOIN search_document ON search_document.id = taken.document_id,
       unnest(search_document.vector)
  WHERE ${IS_WORD}
  -- In one order, so that two searches never wait for each other both.
  ORDER BY lexeme
  ON CONFLICT DO NOTHING`;

/**
 * Adds the words of texts that have changed to the vocabulary. Searches do it themselves, before
 * they need it; writers would wait for each other over the words they have in common.
 */
export async function learnWords(db: ContentDatabase): Promise<void> {
  await db.client.$executeRawUnsafe(LEARN_WORDS, BATCH);
}

/** Makes every text known to search, and every word, where no trigger has done it: of tables filled in bulk. */
export const LEARN_EVERYTHING = [
  `INSERT INTO search_document (id, subject_id, vector)
   SELECT id, id, search_vector(title, description) FROM subject`,
  `INSERT INTO search_document (id, subject_id, topic_id, vector)
   SELECT id, subject_id, id, search_vector(title, markdown) FROM topic`,
  `INSERT INTO search_word (word)
   SELECT DISTINCT lexeme FROM search_document, unnest(vector) WHERE ${IS_WORD}`,
];
