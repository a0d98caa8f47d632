import { setTimeout as wait } from 'node:timers/promises';
import type { ObjectStore } from '@civitas/platform/objects';
import type { Logger } from '@civitas/platform/telemetry';
import type { ContentDatabase } from '../context.ts';
import { collectFiles } from './collect-files.ts';
import { collectOrphans } from './collect-orphans.ts';
import { collectUnwanted } from './collect-uploads.ts';
import { deleteErasedTexts } from './erased-texts.ts';
import { BATCH, moveTexts } from './move-texts.ts';
import { storeTopicTexts } from './store-topic-texts.ts';

const PAUSE_MS = 2_000;
/** Files younger than this may belong to a transaction under way elsewhere. */
const ORPHAN_AGE_MS = 24 * 60 * 60 * 1000;
/** Soon after the start, so that a server that is started every hour collects, too. */
const FIRST_COLLECTED_AFTER_MS = 5 * 60 * 1000;
const COLLECT_EVERY_MS = 6 * 60 * 60 * 1000;
/** What somebody can fill the store with, beside what is counted as theirs, is what they send in this time. */
const UPLOADS_EVERY_MS = 60 * 1000;
/** Who has the texts of a whole library to store rests four times as long as it works. */
const REST = 4;

/** Moves, stores, collects, and deletes what was erased, in the background until it is stopped. */
export function createTextMover(db: ContentDatabase, objects: ObjectStore | null, log: Logger) {
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Promise<void> = Promise.resolve();
  let collectAtMs = Date.now() + FIRST_COLLECTED_AFTER_MS;
  let lookAtUploadsAtMs = Date.now() + UPLOADS_EVERY_MS;

  /** What fails is done later, and keeps nothing else waiting: collecting makes the room that moving waits for. */
  async function attempt<Result>(task: () => Promise<Result>): Promise<Result | null> {
    if (signal.aborted) return null;
    return task().catch((error: unknown) => {
      log.warn({ err: error }, 'files were not moved or collected for now');
      return null;
    });
  }

  /** @returns how long to pause. */
  async function work(): Promise<number> {
    while ((await attempt(() => deleteErasedTexts(db, objects))) ?? 0);
    if (objects === null) return PAUSE_MS;
    while ((await attempt(() => moveTexts(db, objects))) === BATCH);
    const startedAtMs = performance.now();
    const isMoreToStore = (await attempt(() => storeTopicTexts(db, objects))) === BATCH;
    const tookMs = performance.now() - startedAtMs;
    const now = new Date();
    if (now.getTime() >= lookAtUploadsAtMs) {
      lookAtUploadsAtMs = now.getTime() + UPLOADS_EVERY_MS;
      await attempt(() => collectUnwanted(db, objects, now));
    }
    if (now.getTime() >= collectAtMs) {
      collectAtMs = now.getTime() + COLLECT_EVERY_MS;
      const putBefore = new Date(now.getTime() - ORPHAN_AGE_MS);
      await attempt(() => collectOrphans(db, objects, putBefore));
      await attempt(() => collectFiles(db, objects, putBefore));
    }
    return isMoreToStore ? Math.min(tookMs * REST, PAUSE_MS) : PAUSE_MS;
  }

  async function run(): Promise<void> {
    let pauseMs = PAUSE_MS;
    while (!signal.aborted) {
      // Ends early with an error, which is the end of the loop, when it is stopped.
      await wait(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      pauseMs = await work();
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
