import type { ObjectStore } from '@civitas/platform/objects';

/** What archives that were made to be downloaded may take in all; some twenty of the largest. */
const MAX_EXPORTED_BYTES = 4 * 1024 ** 3;

/**
 * Deletes the oldest archives until there is room for another. Each change of a subject makes another archive of
 * it, so without this one person could fill the store before the first of them has had its four hours. Who finds an
 * archive gone asks for it again.
 *
 * @param maxBytes for all of them.
 */
export async function makeRoomForArchive(
  objects: ObjectStore,
  bytes: number,
  maxBytes: number = MAX_EXPORTED_BYTES,
): Promise<void> {
  const made = await Array.fromAsync(objects.list('export'));
  let total = made.reduce((sum, each) => sum + each.bytes, bytes);
  for (const oldest of made.toSorted((a, b) => a.putAt.getTime() - b.putAt.getTime())) {
    if (total <= maxBytes) return;
    await objects.delete(oldest.key);
    total -= oldest.bytes;
  }
}
