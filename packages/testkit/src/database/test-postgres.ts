import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import { startThrowawayPostgres } from '@civitas/postgres/embedded';
import {
  listSubgraphs,
  MigrationError,
  migrate,
  prismaDirectory,
  urlOfDatabase,
} from '@civitas/postgres/migrations';
import { dropFilled } from './filled-databases.ts';

/** What a test worker needs to make databases; plain data, because it crosses processes. */
export interface TestPostgresAddress {
  readonly adminUrl: string;
  /** Of this test run. */
  readonly runId: string;
  /** Template database per subgraph, migrated and never connected to again. */
  readonly templates: Readonly<Record<string, string>>;
  /** Why a subgraph has no template: tests of the others can run all the same. */
  readonly failures: Readonly<Record<string, string>>;
}

export interface TestPostgres extends TestPostgresAddress {
  /** Stops the server and deletes its data; a server that was given keeps running. */
  stop(): Promise<void>;
}

interface TestPostgresOptions {
  /** A server to use instead of an embedded one; databases are created on it. */
  readonly url?: string | undefined;
  /** Default: the repository's `prisma/`. */
  readonly prismaDirectory?: string;
}

/**
 * Brings up the Postgres of one test run: one migrated template database per subgraph, which
 * `createTestDatabase` clones.
 * @throws PostgresStartError
 */
export async function startTestPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const root = options.prismaDirectory ?? prismaDirectory;
  const server = options.url
    ? { adminUrl: urlOfDatabase(options.url, 'postgres'), stop: async () => undefined }
    : await startThrowawayPostgres();
  try {
    const templates: Record<string, string> = {};
    const failures: Record<string, string> = {};
    const prepare = async (subgraph: string) => {
      const template = templateName(root, subgraph);
      const url = urlOfDatabase(server.adminUrl, template);
      try {
        await migrate({ url, directory: path.join(root, subgraph) });
        templates[subgraph] = template;
      } catch (error) {
        if (!(error instanceof MigrationError)) throw error;
        failures[subgraph] = error.message;
      }
    };
    await Promise.all((await listSubgraphs(root)).map(prepare));
    const { adminUrl } = server;
    const runId = randomUUID().slice(0, 8);
    const address = { adminUrl, runId, templates, failures };
    const stop = async () => {
      if (options.url) await dropFilled(address);
      await server.stop();
    };
    return { ...address, stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Checkouts that share a given server must not migrate each other's templates. */
function templateName(root: string, subgraph: string): string {
  const checkout = createHash('sha256').update(root).digest('hex').slice(0, 8);
  return `template_${subgraph}_${checkout}`;
}
