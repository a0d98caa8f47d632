import { createInProcessBus } from '@civitas/platform/events';
import { createInProcessPubSub, type PubSub } from '@civitas/platform/pubsub';
import { createLogger } from '@civitas/platform/telemetry';
import type { DatabaseUrls } from '../../src/databases.ts';
import { subgraphNames } from '../../src/subgraph-names.ts';
import { createSubgraphs } from '../../src/subgraphs.ts';

export const REFRESH_SECRET = 'a secret for tests that keys the refresh tokens';
export const ENCRYPTION_SECRET = 'a secret for tests that keys what is stored encrypted';

interface OpenOptions {
  readonly now?: () => Date;
  /** A `file:` URL; in the database when absent. */
  readonly objectsUrl?: string;
  readonly accessChanges?: PubSub;
}

export type OpenSubgraphs = Awaited<ReturnType<typeof openSubgraphs>>;

/** All five subgraphs on their databases and one bus, without the gateway. Nothing is delivered yet. */
export async function openSubgraphs(databaseUrls: DatabaseUrls, options: OpenOptions = {}) {
  const log = createLogger({ name: 'test', level: 'silent' });
  const bus = createInProcessBus({ log });
  const subgraphs = await createSubgraphs({
    databaseUrls,
    bus,
    refreshSecret: REFRESH_SECRET,
    encryptionSecret: ENCRYPTION_SECRET,
    publicUrl: 'http://localhost:4000',
    accessChanges: createInProcessPubSub({ log }),
    log,
    ...options,
  });
  return {
    subgraphs,
    /** Begins to deliver: until then what is asked waits in the outbox. */
    deliver: async () => {
      await Promise.all(subgraphNames.map((name) => subgraphs[name].start()));
      await bus.start();
    },
    stop: async () => {
      await bus.close();
      await Promise.all(subgraphNames.map((name) => subgraphs[name].stop()));
    },
  };
}
