import { isUnavailable } from '@civitas/platform/database';
import type { ObjectStore } from '@civitas/platform/objects';
import type { ContentDatabase } from '../../context.ts';
import { collectFiles } from '../collect-files.ts';
import { collectOrphans } from '../collect-orphans.ts';
import { moveTexts } from '../move-texts.ts';
import { storeTopicTexts } from '../store-topic-texts.ts';

/** As the mover does: what the database has no time for is done the next time. */
async function unlessBusy(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!isUnavailable(error)) throw error;
  });
}

/**
 * Does without a pause, and without sparing what is young, what servers do every few seconds and hours:
 * moves texts into the store, and collects whatever nothing names at that moment.
 */
export async function workThroughFiles(
  db: ContentDatabase,
  objects: ObjectStore,
  isGoingOn: () => boolean,
): Promise<void> {
  while (isGoingOn()) {
    await unlessBusy(moveTexts(db, objects));
    await unlessBusy(storeTopicTexts(db, objects));
    const inAnHour = new Date(Date.now() + 3_600_000);
    await unlessBusy(collectOrphans(db, objects, inAnHour));
    await unlessBusy(collectFiles(db, objects, inAnHour));
  }
}
