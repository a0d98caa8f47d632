import type { ObjectStore } from '@civitas/platform/objects';

/** Files that one transaction looks at. */
const BATCH = 100;

/** The hashes of the files below a prefix that were put before an instant, or of all of them, some at a time. */
export async function* oldKeys(
  objects: ObjectStore,
  prefix: string,
  putBefore: Date | null,
): AsyncGenerator<string[]> {
  let batch: string[] = [];
  for await (const { key, putAt } of objects.list(prefix)) {
    if (putBefore !== null && putAt >= putBefore) continue;
    batch.push(key.slice(prefix.length + 1));
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
