import { createHash } from 'node:crypto';
import { createLimit } from '@civitas/platform/concurrency';
import type { ObjectStore } from '@civitas/platform/objects';
import type { ContentDatabase, ContentTransaction } from '../context.ts';
import { Prisma } from '../generated/prisma/client.ts';

/** What is kept of a text elsewhere: where it is found, and how large it is in UTF-8. */
export interface KeptText {
  readonly sha256: string;
  readonly bytes: number;
}

/** Files that are read at the same time for one request. */
const MAX_READS = 16;

/** In SQL what `describeText` finds of a topic's text. */
export const sha256OfTopic = Prisma.sql`encode(sha256(convert_to(topic.markdown, 'UTF8')), 'hex')`;

export function keyOfText(sha256: string): string {
  return `md/${sha256}`;
}

export function describeText(text: string): KeptText {
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { sha256, bytes: Buffer.byteLength(text) };
}

/** Keeps texts in the transaction that refers to them; they go to the object store by themselves. */
export async function keepTexts(
  tx: ContentTransaction,
  texts: readonly string[],
  now: Date,
): Promise<void> {
  const rows = texts.map((text) => ({ text, sha256: describeText(text).sha256 }));
  const hashes = rows.map(({ sha256 }) => sha256);
  const contents = rows.map(({ text }) => text);
  // Sorted, so that two transactions never wait for each other both. One that is there already becomes
  // younger, so that an erasure under way leaves it alone.
  await tx.$executeRaw`
    INSERT INTO text_object (sha256, text, created_at)
    SELECT DISTINCT ON (sha256) sha256, text, ${now}::timestamptz
    FROM unnest(${hashes}::text[], ${contents}::text[]) AS kept (sha256, text)
    ORDER BY sha256
    ON CONFLICT (sha256) DO UPDATE SET created_at = excluded.created_at`;
}

/**
 * Reads texts by their hashes: those that are still in the database in one statement, the others from the
 * store. What is in neither is left out.
 */
export async function readKeptTexts(
  db: ContentDatabase,
  objects: ObjectStore | null,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const texts = await readFromDatabase(db, hashes);
  if (objects === null) return texts;
  const limit = createLimit(MAX_READS);
  const gone: string[] = [];
  const elsewhere = [...new Set(hashes)].filter((sha256) => !texts.has(sha256));
  await Promise.all(
    elsewhere.map((sha256) =>
      limit(async () => {
        const bytes = await objects.get(keyOfText(sha256));
        if (bytes) texts.set(sha256, Buffer.from(bytes).toString('utf8'));
        else gone.push(sha256);
      }),
    ),
  );
  // A text that was needed anew while we looked is in the database again.
  for (const [sha256, text] of await readFromDatabase(db, gone)) texts.set(sha256, text);
  return texts;
}

async function readFromDatabase(
  db: ContentDatabase,
  hashes: readonly string[],
): Promise<Map<string, string>> {
  if (hashes.length === 0) return new Map();
  const rows = await db.client.textObject.findMany({ where: { sha256: { in: [...hashes] } } });
  return new Map(rows.map(({ sha256, text }) => [sha256, text]));
}
