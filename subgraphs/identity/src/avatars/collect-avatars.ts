import { collectUploads } from '@civitas/platform/files';
import type { ObjectStore } from '@civitas/platform/objects';
import type { Logger } from '@civitas/platform/telemetry';
import type { IdentityDatabase, IdentityTransaction } from '../context.ts';
import { AVATAR_UPLOADS, AVATARS } from './avatar-files.ts';

const COLLECT_EVERY_MS = 60 * 60_000;
/** What was sent and never asked for. */
const UPLOAD_AGE_MS = 60 * 60_000;

/** Who stores pictures and who collects them exclude each other; storing does not exclude storing. */
export async function lockAvatars(tx: IdentityTransaction, how: 'SHARED' | 'ALONE'): Promise<void> {
  if (how === 'SHARED') {
    await tx.$queryRaw`
      SELECT 1 FROM (SELECT pg_advisory_xact_lock_shared(hashtext('avatar'))) AS locked`;
    return;
  }
  await tx.$queryRaw`SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtext('avatar'))) AS locked`;
}

/** Deletes the files of pictures that nobody has any more. @returns how many. */
export async function collectAvatars(db: IdentityDatabase, objects: ObjectStore): Promise<number> {
  await collectUploads(objects, AVATAR_UPLOADS, new Date(Date.now() - UPLOAD_AGE_MS));
  let deleted = 0;
  for await (const { key } of objects.list(AVATARS)) {
    const sha256 = key.slice(AVATARS.length + 1);
    const isUsed = { OR: [{ small: sha256 }, { medium: sha256 }, { large: sha256 }] };
    if ((await db.client.avatar.count({ where: isUsed })) > 0) continue;
    deleted += await db.inTransaction(async (tx) => {
      await lockAvatars(tx, 'ALONE');
      if ((await tx.avatar.count({ where: isUsed })) > 0) return 0;
      await objects.delete(key);
      return 1;
    });
  }
  return deleted;
}

/** Collects in the background, at once and every hour, until it is stopped. */
export function createAvatarCollector(options: {
  readonly db: IdentityDatabase;
  readonly objects: ObjectStore | null;
  readonly log: Logger;
}) {
  const { db, objects, log } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  const collect = () => {
    if (!objects) return;
    running = collectAvatars(db, objects).catch((error: unknown) => {
      log.warn({ err: error }, 'pictures were not collected');
    });
  };
  return {
    start: (): void => {
      timer ??= setInterval(collect, COLLECT_EVERY_MS).unref();
      collect();
    },
    stop: async (): Promise<void> => {
      clearInterval(timer);
      await running;
    },
  };
}
