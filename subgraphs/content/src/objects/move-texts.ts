import type { ObjectStore } from '@civitas/platform/objects';
import type { Logger } from '@civitas/platform/telemetry';
import type { ContentDatabase } from '../context.ts';
import { collectFiles } from './collect-files.ts';
import { deleteErasedTexts } from './erased-texts.ts';
import { lockTextsToDelete, lockTextsToMove } from './locks.ts';
import { keyOfText } from './texts.ts';

/** Texts that one transaction moves. */
const BATCH = 50;
const PAUSE_MS = 2_000;
/** Files younger than this may belong to a transaction under way elsewhere. */
export const ORPHAN_AGE_MS = 24 * 60 * 60 * 1000;
const COLLECT_EVERY_MS = 6 * 60 * 60 * 1000;

/**
 * Moves texts from the database into the store: a row goes after its file is there, so that at every
 * moment a text is in one of the two. Several servers move different rows.
 *
 * @returns how many were moved.
 */
export function moveTexts(db: ContentDatabase, objects: ObjectStore): Promise<number> {
  return db.inTransaction(async (tx) => {
    await lockTextsToMove(tx);
    const rows = await tx.$queryRaw<{ sha256: string; text: string }[]>`
      SELECT sha256, text FROM text_object ORDER BY created_at LIMIT ${BATCH}
      FOR UPDATE SKIP LOCKED`;
    await Promise.all(
      rows.map(({ sha256, text }) =>
        objects.put(keyOfText(sha256), Buffer.from(text), 'text/markdown; charset=utf-8'),
      ),
    );
    const hashes = rows.map(({ sha256 }) => sha256);
    await tx.textObject.deleteMany({ where: { sha256: { in: hashes } } });
    return rows.length;
  });
}

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
  for await (const { key, putAt } of objects.list('md')) {
    if (putAt >= putBefore) continue;
    deleted += await db.inTransaction(async (tx) => {
      await lockTextsToDelete(tx);
      const sha256 = key.slice('md/'.length);
      const [used] = await tx.$queryRaw<{ is: boolean }[]>`
        SELECT EXISTS (SELECT FROM topic_revision WHERE sha256 = ${sha256})
            OR EXISTS (SELECT FROM subject_version_topic WHERE sha256 = ${sha256}) AS is`;
      if (used?.is !== false) return 0;
      await objects.delete(key);
      return 1;
    });
  }
  return deleted;
}

/** Moves, collects, and deletes what was erased, in the background until it is stopped. */
export function createTextMover(db: ContentDatabase, objects: ObjectStore | null, log: Logger) {
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  let collectedAtMs = Date.now();
  let isStopped = false;

  async function work(): Promise<void> {
    try {
      while (!isStopped && (await deleteErasedTexts(db, objects)) > 0);
      if (objects === null) return;
      while (!isStopped && (await moveTexts(db, objects)) === BATCH);
      if (Date.now() - collectedAtMs >= COLLECT_EVERY_MS) {
        collectedAtMs = Date.now();
        const putBefore = new Date(Date.now() - ORPHAN_AGE_MS);
        await collectOrphans(db, objects, putBefore);
        await collectFiles(db, objects, putBefore);
      }
    } catch (error) {
      log.warn({ err: error }, 'files were not moved or collected for now');
    }
  }

  function schedule(): void {
    timer = setTimeout(() => {
      working = work().finally(() => {
        if (!isStopped) schedule();
      });
    }, PAUSE_MS);
    timer.unref();
  }

  return {
    start: schedule,
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await working;
    },
  };
}
