import { createInProcessBus, type EventBus } from '@civitas/platform/events';
import type { Subgraph, Viewer } from '@civitas/platform/subgraph';
import { createLogger, type Logger } from '@civitas/platform/telemetry';
import { beforeAll } from 'vitest';
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
}

/**
 * Opens a subgraph before the tests of the calling file and closes it after them. Tests share the
 * database, so each makes data of its own.
 *
 * @param create the subgraph's `createSubgraph` with what it needs beside the common dependencies.
 */
export function useTestSubgraph(
  name: string,
  create: (dependencies: TestDependencies) => Promise<Subgraph> | Subgraph,
): TestSubgraph {
  let opened: (TestDependencies & { subgraph: Subgraph }) | undefined;
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
    opened = { ...dependencies, subgraph };
    return async () => {
      await subgraph.stop();
      await bus.close();
      await drop();
    };
  });

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
  };
}
