import { createInProcessBus, type EventBus } from '@civitas/platform/events';
import type { Subgraph, Viewer } from '@civitas/platform/subgraph';
import { createLogger, type Logger } from '@civitas/platform/telemetry';
import { type Audits, audit } from '@civitas/postgres/bulk';
import pg from 'pg';
import { afterEach, beforeAll } from 'vitest';
import { createTestDatabase } from '../database/index.ts';
import { type ClientDetails, createTestClient, type TestClient } from './test-client.ts';

interface TestDependencies {
  readonly databaseUrl: string;
  readonly bus: EventBus;
  readonly log: Logger;
}

/** One subgraph on a database of its own, for the tests of one file. */
export interface TestSubgraph {
  readonly databaseUrl: string;
  readonly bus: EventBus;
  readonly subgraph: Subgraph;
  /** Anonymous when nobody is named. */
  as(viewer?: Viewer, details?: ClientDetails): TestClient;
  /** @throws Error where the whole database does not hold what `audits` say. */
  audit(): Promise<void>;
}

/**
 * Opens a subgraph before the tests of the calling file and closes it after them. Tests share the
 * database, so each makes data of its own.
 *
 * @param create the subgraph's `createSubgraph` with what it needs beside the common dependencies.
 * @param audits asked of the whole database after every test of the file.
 */
export function useTestSubgraph(
  name: string,
  create: (dependencies: TestDependencies) => Promise<Subgraph> | Subgraph,
  audits: Audits = {},
): TestSubgraph {
  let opened: (TestDependencies & { subgraph: Subgraph; auditor: pg.Client }) | undefined;
  const current = () => {
    if (!opened) throw new Error('The subgraph is open only while tests run.');
    return opened;
  };

  beforeAll(async () => {
    const { url, drop } = await createTestDatabase(name);
    const log = createLogger({ name, level: 'silent' });
    const bus = createInProcessBus({ log });
    const dependencies = { databaseUrl: url, bus, log };
    const subgraph = await create(dependencies);
    await subgraph.start();
    await bus.start();
    const auditor = new pg.Client({ connectionString: url });
    await auditor.connect();
    opened = { ...dependencies, subgraph, auditor };
    return async () => {
      await auditor.end();
      await subgraph.stop();
      await bus.close();
      await drop();
    };
  });

  const askAudits = () => audit(current().auditor, audits);
  afterEach(askAudits);

  return {
    get databaseUrl() {
      return current().databaseUrl;
    },
    get bus() {
      return current().bus;
    },
    get subgraph() {
      return current().subgraph;
    },
    as: (viewer, details) => createTestClient(current().subgraph, viewer, details),
    audit: askAudits,
  };
}
