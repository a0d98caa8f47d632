import type { ObjectStore } from '@civitas/platform/objects';
import type { ContentDatabase } from '../context.ts';
import { lockTextsToMove } from './locks.ts';
import { describeText, keyOfText, sha256OfTopic } from './texts.ts';

/** Texts that one transaction looks at. */
const BATCH = 50;

/**
 * Puts the texts that topics have now into the store, where they are not there yet. Writers do not wait
 * for it: nothing is locked until the files are there, and a text that changed meanwhile comes next time.
 * Of several servers one does it at a time.
 *
 * @returns how many texts were looked at; 0 when nothing is left, or somebody else is at it.
 */
export function storeTopicTexts(db: ContentDatabase, objects: ObjectStore): Promise<number> {
  return db.inTransaction(async (tx) => {
    const [turn] = await tx.$queryRaw<{ isMine: boolean }[]>`
      SELECT pg_try_advisory_xact_lock(hashtext('topic_file')) AS "isMine"`;
    if (!turn?.isMine) return 0;
    // Whoever deletes files waits until they are named here.
    await lockTextsToMove(tx);
    const topics = await tx.$queryRaw<{ id: string; markdown: string }[]>`
      SELECT id, markdown FROM topic WHERE file_sha256 IS NULL AND markdown <> ''
      ORDER BY id LIMIT ${BATCH}`;
    const texts = new Map(topics.map(({ markdown }) => [describeText(markdown).sha256, markdown]));
    await Promise.all(Array.from(texts, ([sha256, text]) => putText(objects, sha256, text)));
    const stored = topics.map(({ id, markdown }) => ({ id, ...describeText(markdown) }));
    // Those that somebody holds just now come next time: nobody waits for anybody.
    await tx.$executeRaw`
      WITH free AS (
        SELECT topic.id, stored.sha256
        FROM jsonb_to_recordset(${JSON.stringify(stored)}::jsonb) AS stored (id text, sha256 text)
        JOIN topic ON topic.id = stored.id
        WHERE stored.sha256 = ${sha256OfTopic}
        FOR NO KEY UPDATE OF topic SKIP LOCKED
      )
      UPDATE topic SET file_sha256 = free.sha256 FROM free WHERE topic.id = free.id`;
    return topics.length;
  });
}

/** What is there, and referred to from now on, need not be put again. */
async function putText(objects: ObjectStore, sha256: string, text: string): Promise<void> {
  const key = keyOfText(sha256);
  if (await objects.describe(key)) return;
  await objects.put(key, Buffer.from(text), 'text/markdown; charset=utf-8');
}
