import type { ContentTransaction } from '../context.ts';

/** Who moves texts into the store goes on beside others who do, while nobody deletes there. */
export async function lockTextsToMove(tx: ContentTransaction): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM (SELECT pg_advisory_xact_lock_shared(hashtext('text_object'))) AS locked`;
}

/** Who deletes texts from the store does so alone. */
export async function lockTextsToDelete(tx: ContentTransaction): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtext('text_object'))) AS locked`;
}

/** Who names a file and who collects it follow one after the other. */
export async function lockFile(tx: ContentTransaction, sha256: string): Promise<void> {
  await tx.$queryRaw`
    SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtext('file'), hashtext(${sha256}))) AS locked`;
}
