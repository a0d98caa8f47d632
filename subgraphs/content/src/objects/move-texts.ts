import type { ObjectStore } from '@civitas/platform/objects';
import type { ContentDatabase } from '../context.ts';
import { lockTextsToMove } from './locks.ts';
import { keyOfText } from './texts.ts';

/** Texts that one transaction moves. */
export const BATCH = 50;

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
