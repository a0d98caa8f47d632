import type { ObjectStore } from '@civitas/platform/objects';
import type { ContentDatabase } from '../context.ts';
import { oldKeys } from './old-keys.ts';
import { wantedUploads } from './wanted-uploads.ts';

/**
 * Deletes files that have arrived and that nobody waits for any more, because their topic was deleted, their time
 * is over, or another upload took their place; so nobody fills the store with what counts for nobody.
 *
 * @returns how many were deleted.
 */
export async function collectUnwanted(
  db: ContentDatabase,
  objects: ObjectStore,
  now: Date,
): Promise<number> {
  const expired = { expiresAt: { lte: now } };
  await db.client.attachmentUpload.deleteMany({ where: expired });
  // What a server is at has its time.
  const isIdle = [{ workedUntil: null }, { workedUntil: { lte: now } }];
  await db.client.importUpload.deleteMany({ where: { ...expired, OR: isIdle } });
  let deleted = 0;
  for await (const hashes of oldKeys(objects, 'incoming', null)) {
    const keys = hashes.map((hash) => `incoming/${hash}`);
    const wanted = await wantedUploads(db, keys, now);
    for (const key of keys.filter((each) => !wanted.has(each))) {
      await objects.delete(key);
      deleted += 1;
    }
  }
  return deleted;
}
