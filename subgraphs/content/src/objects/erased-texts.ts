import type { ObjectStore } from '@civitas/platform/objects';
import type { ContentDatabase, ContentTransaction } from '../context.ts';
import { lockTextsToDelete } from './locks.ts';
import { keyOfText, sha256OfTopic } from './texts.ts';

/** Texts that one transaction deletes. */
const BATCH = 50;

/**
 * Notes every text that somebody's subjects and their versions refer to, in the transaction that deletes
 * those. Deleting the texts themselves cannot be part of it: files know no transactions.
 */
export async function noteErasedTexts(
  tx: ContentTransaction,
  authorId: string,
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO erased_text (sha256, erased_at)
    SELECT sha256, ${now}::timestamptz FROM (
      -- Of a server that died its file may be in the store and not be named here.
      SELECT coalesce(topic.file_sha256, ${sha256OfTopic}) AS sha256
      FROM topic JOIN subject ON subject.id = topic.subject_id
      WHERE subject.author_id = ${authorId} AND topic.markdown <> ''
      UNION
      SELECT revision.sha256 FROM topic_revision AS revision
      JOIN topic ON topic.id = revision.topic_id
      JOIN subject ON subject.id = topic.subject_id WHERE subject.author_id = ${authorId}
      UNION
      SELECT part.sha256 FROM subject_version_topic AS part
      JOIN subject_version AS version ON version.id = part.version_id
      JOIN subject ON subject.id = version.subject_id WHERE subject.author_id = ${authorId}
    ) AS texts
    ON CONFLICT (sha256) DO UPDATE SET erased_at = excluded.erased_at`;
}

/**
 * Deletes texts that were noted, from the database and from the store, but for those that something else
 * refers to, such as a fork. A note goes when its text is gone, so that a crash or a store that is away
 * only makes it later. A text that is needed again since is in the database, and is put anew.
 *
 * @returns how many notes were worked off.
 */
export function deleteErasedTexts(
  db: ContentDatabase,
  objects: ObjectStore | null,
): Promise<number> {
  return db.inTransaction(async (tx) => {
    const notes = await tx.$queryRaw<{ sha256: string }[]>`
      SELECT sha256 FROM erased_text ORDER BY sha256 LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`;
    if (notes.length === 0) return 0;
    await lockTextsToDelete(tx);
    const hashes = notes.map(({ sha256 }) => sha256);
    const unused = await tx.$queryRaw<{ sha256: string }[]>`
      SELECT sha256 FROM unnest(${hashes}::text[]) AS noted (sha256)
      WHERE NOT EXISTS (SELECT FROM topic AS t WHERE t.file_sha256 = noted.sha256)
        AND NOT EXISTS (SELECT FROM topic_revision AS r WHERE r.sha256 = noted.sha256)
        AND NOT EXISTS (SELECT FROM subject_version_topic AS v WHERE v.sha256 = noted.sha256)`;
    const gone = unused.map(({ sha256 }) => sha256);
    // Whoever keeps the same text now makes its row younger than the note.
    await tx.$executeRaw`
      DELETE FROM text_object AS kept USING erased_text AS note
      WHERE kept.sha256 = note.sha256 AND kept.created_at <= note.erased_at
        AND kept.sha256 = ANY (${gone}::text[])`;
    if (objects) await Promise.all(gone.map((sha256) => objects.delete(keyOfText(sha256))));
    await tx.erasedText.deleteMany({ where: { sha256: { in: hashes } } });
    return notes.length;
  });
}
