import { collectUploads } from '@civitas/platform/files';
import type { ObjectStore } from '@civitas/platform/objects';
import type { ContentDatabase, ContentTransaction } from '../context.ts';
import { collectUnwanted } from './collect-uploads.ts';
import { lockFile } from './locks.ts';
import { oldKeys } from './old-keys.ts';

/** Longer than an archive that was made is not made anew, and its address is good. */
const EXPORT_AGE_MS = 4 * 60 * 60_000;

/**
 * Deletes the files of attachments that nothing names any more, of those put before an instant, what was made to
 * be downloaded, and what has arrived for nobody (see `collectUnwanted`). Who needs a file again names it first and then puts it anew.
 *
 * @returns how many files were deleted.
 */
export async function collectFiles(
  db: ContentDatabase,
  objects: ObjectStore,
  putBefore: Date,
): Promise<number> {
  const now = new Date();
  await collectUnwanted(db, objects, now);
  await collectUploads(objects, 'export', new Date(now.getTime() - EXPORT_AGE_MS));
  let deleted = 0;
  for await (const hashes of oldKeys(objects, 'file', putBefore)) {
    for (const sha256 of await unusedOf(db.client, hashes)) {
      deleted += await db.inTransaction(async (tx) => {
        await lockFile(tx, sha256);
        // Whoever needs it again has named it by now, or put it anew; see `keepFile`.
        const [isUnused] = await unusedOf(tx, [sha256]);
        const file = await objects.describe(`file/${sha256}`);
        if (isUnused === undefined || !file || file.putAt >= putBefore) return 0;
        await objects.delete(file.key);
        return 1;
      });
    }
  }
  return deleted;
}

async function unusedOf(
  db: Pick<ContentTransaction, '$queryRaw'>,
  hashes: readonly string[],
): Promise<string[]> {
  const unused = await db.$queryRaw<{ sha256: string }[]>`
    SELECT sha256 FROM unnest(${hashes}::text[]) AS old (sha256)
    WHERE NOT EXISTS (SELECT FROM topic_attachment AS t WHERE t.sha256 = old.sha256)
      AND NOT EXISTS (SELECT FROM subject_version_attachment AS v WHERE v.sha256 = old.sha256)
      AND NOT EXISTS (SELECT FROM attachment_upload AS u WHERE u.sha256 = old.sha256)`;
  return unused.map(({ sha256 }) => sha256);
}
