import { createDatabase } from '@civitas/platform/database';
import { createInProcessPubSub, type PubSub } from '@civitas/platform/pubsub';
import { createLogger } from '@civitas/platform/telemetry';
import { onTestFinished } from 'vitest';
import type { ContentDatabase } from '../context.ts';
import { createEditing, type Editing } from '../editing/index.ts';
import { PrismaClient } from '../generated/prisma/client.ts';

const log = createLogger({ name: 'editing', level: 'silent' });

function openDatabase(url: string): ContentDatabase {
  return createDatabase({ url, createClient: (adapter) => new PrismaClient({ adapter }) });
}

/** A database as one server's compaction uses it, until the test ends. */
export function useDatabase(url: string): ContentDatabase {
  const db = openDatabase(url);
  onTestFinished(() => db.close());
  return db;
}

/** One server's live editing on a database, until the test ends. */
export function openEditing(
  databaseUrl: string,
  pubsub: PubSub = createInProcessPubSub({ log }),
  now = () => new Date(),
): Editing {
  const db = openDatabase(databaseUrl);
  const editing = createEditing({ db, pubsub, log, now });
  editing.hub.start();
  onTestFinished(async () => {
    await editing.hub.stop();
    await pubsub.close();
    await db.close();
  });
  return editing;
}
