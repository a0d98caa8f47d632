import type { ObjectStore } from '@civitas/platform/objects';
import type { ContentDatabase } from '../context.ts';
import { lockFile } from '../objects/index.ts';

/**
 * Puts a file that is about to be named. Under the lock of its hash, so that whoever collects it either
 * went before, or finds it too young: it has a day to be named.
 */
export async function keepFile(
  db: ContentDatabase,
  objects: ObjectStore,
  { sha256, mediaType }: { readonly sha256: string; readonly mediaType: string },
  bytes: Uint8Array,
): Promise<void> {
  await db.inTransaction(async (tx) => {
    await lockFile(tx, sha256);
    await objects.put(`file/${sha256}`, bytes, mediaType);
  });
}
