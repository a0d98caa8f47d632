import { createHash } from 'node:crypto';
import path from 'node:path';
import { startThrowawayPostgres } from '@civitas/postgres/embedded';
import {
  listSubgraphs,
  migrate,
  prismaDirectory,
  urlOfDatabase,
} from '@civitas/postgres/migrations';

/** What a test worker needs to make databases; plain data, because it crosses processes. */
export interface TestPostgresAddress {
  readonly adminUrl: string;
  /** Template database per subgraph, migrated and never connected to again. */
  readonly templates: Readonly<Record<string, string>>;
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
 * @throws PostgresStartError, MigrationError
 */
export async function startTestPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const root = options.prismaDirectory ?? prismaDirectory;
  const server = options.url
    ? { adminUrl: urlOfDatabase(options.url, 'postgres'), stop: async () => undefined }
    : await startThrowawayPostgres();
  try {
    const subgraphs = await listSubgraphs(root);
    const templates = await Promise.all(
      subgraphs.map(async (subgraph) => {
        const template = templateName(root, subgraph);
        const url = urlOfDatabase(server.adminUrl, template);
        await migrate({ url, directory: path.join(root, subgraph) });
        return [subgraph, template] as const;
      }),
    );
    const { adminUrl, stop } = server;
    return { adminUrl, templates: Object.fromEntries(templates), stop };
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
