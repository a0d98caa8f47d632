import type { ObjectStore } from '@civitas/platform/objects';
import type { ContentDatabase } from '../context.ts';
import { lockTextsToDelete } from './locks.ts';
import { oldKeys } from './old-keys.ts';
import { keyOfText } from './texts.ts';

/**
 * Deletes the files of texts that nothing refers to any more, of those put before an instant. A text that
 * is needed again meanwhile is in the database, and is put anew.
 *
 * @returns how many were deleted.
 */
export async function collectOrphans(
  db: ContentDatabase,
  objects: ObjectStore,
  putBefore: Date,
): Promise<number> {
  let deleted = 0;
  for await (const hashes of oldKeys(objects, 'md', putBefore)) {
    deleted += await db.inTransaction(async (tx) => {
      await lockTextsToDelete(tx);
      const unused = await tx.$queryRaw<{ sha256: string }[]>`
        SELECT sha256 FROM unnest(${hashes}::text[]) AS old (sha256)
        WHERE NOT EXISTS (SELECT FROM topic WHERE file_sha256 = old.sha256)
          AND NOT EXISTS (SELECT FROM topic_revision AS r WHERE r.sha256 = old.sha256)
          AND NOT EXISTS (SELECT FROM subject_version_topic AS v WHERE v.sha256 = old.sha256)`;
      for (const { sha256 } of unused) await objects.delete(keyOfText(sha256));
      return unused.length;
    });
  }
  return deleted;
}
