import { setTimeout as wait } from 'node:timers/promises';
import type { ObjectStore } from '@civitas/platform/objects';
import type { Logger } from '@civitas/platform/telemetry';
import type { ContentDatabase } from '../context.ts';
import { collectFiles } from './collect-files.ts';
import { collectOrphans } from './collect-orphans.ts';
import { deleteErasedTexts } from './erased-texts.ts';
import { BATCH, moveTexts } from './move-texts.ts';
import { storeTopicTexts } from './store-topic-texts.ts';

const PAUSE_MS = 2_000;
/** Files younger than this may belong to a transaction under way elsewhere. */
const ORPHAN_AGE_MS = 24 * 60 * 60 * 1000;
/** Soon after the start, so that a server that is started every hour collects, too. */
const FIRST_COLLECTED_AFTER_MS = 5 * 60 * 1000;
const COLLECT_EVERY_MS = 6 * 60 * 60 * 1000;
/** Who has the texts of a whole library to store rests four times as long as it works. */
const REST = 4;

/** Moves, stores, collects, and deletes what was erased, in the background until it is stopped. */
export function createTextMover(db: ContentDatabase, objects: ObjectStore | null, log: Logger) {
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Promise<void> = Promise.resolve();
  let collectAtMs = Date.now() + FIRST_COLLECTED_AFTER_MS;

  /** @returns how long to pause. */
  async function work(): Promise<number> {
    while (!signal.aborted && (await deleteErasedTexts(db, objects)) > 0);
    if (objects === null) return PAUSE_MS;
    while (!signal.aborted && (await moveTexts(db, objects)) === BATCH);
    if (signal.aborted) return 0;
    const startedAtMs = performance.now();
    const isMoreToStore = (await storeTopicTexts(db, objects)) === BATCH;
    const tookMs = performance.now() - startedAtMs;
    if (Date.now() >= collectAtMs) {
      collectAtMs = Date.now() + COLLECT_EVERY_MS;
      const putBefore = new Date(Date.now() - ORPHAN_AGE_MS);
      await collectOrphans(db, objects, putBefore);
      await collectFiles(db, objects, putBefore);
    }
    return isMoreToStore ? Math.min(tookMs * REST, PAUSE_MS) : PAUSE_MS;
  }

  async function run(): Promise<void> {
    let pauseMs = PAUSE_MS;
    while (!signal.aborted) {
      // Ends early with an error, which is the end of the loop, when it is stopped.
      await wait(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      pauseMs = await work().catch((error: unknown) => {
        log.warn({ err: error }, 'files were not moved or collected for now');
        return PAUSE_MS;
      });
    }
  }

  return {
    start: () => {
      running = run();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
