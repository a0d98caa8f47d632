import type { ContentDatabase } from '../context.ts';

/**
 * Of keys that files were sent to, those that somebody still waits for: neither attached nor imported yet, not
 * given up, and not an hour old unless a server is at it. An upload is written down before its address is given away.
 */
export async function wantedUploads(
  db: ContentDatabase,
  keys: readonly string[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const objectKey = { in: [...keys] };
  const select = { objectKey: true };
  const inTime = { expiresAt: { gt: now } };
  const { attachmentUpload, importUpload } = db.client;
  const [toAttach, toImport] = await Promise.all([
    attachmentUpload.findMany({ where: { objectKey, attachmentId: null, ...inTime }, select }),
    importUpload.findMany({
      where: { objectKey, subjectId: null, OR: [inTime, { workedUntil: { gt: now } }] },
      select,
    }),
  ]);
  return new Set([...toAttach, ...toImport].map(({ objectKey }) => objectKey));
}
