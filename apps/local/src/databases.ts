import { join } from 'node:path';
import {
  type EmbeddedPostgres,
  findEmbeddedPostgres,
  startEmbeddedPostgres,
} from '@civitas/postgres/embedded';
import {
  databaseNameOf,
  migrate,
  prismaDirectory,
  urlOfDatabase,
} from '@civitas/postgres/migrations';
import { type SubgraphName, subgraphNames } from './subgraph-names.ts';

export type DatabaseUrls = Readonly<Record<SubgraphName, string>>;

export interface DatabaseServer {
  readonly urls: DatabaseUrls;
  stop(): Promise<void>;
}

interface DatabaseServerOptions {
  /** Of a server that is already there: it turns the embedded one off. */
  readonly databaseUrl: string | undefined;
  readonly dataDirectory: string;
  /** Use the embedded server of another process of ours if one runs, e.g. `npm start`. */
  readonly shared?: boolean;
  readonly onUnexpectedExit?: () => void;
}

/**
 * Starts the embedded Postgres, or points to the given one; one database per subgraph.
 *
 * @throws PostgresStartError
 */
export async function startDatabaseServer(options: DatabaseServerOptions): Promise<DatabaseServer> {
  const { databaseUrl, dataDirectory, onUnexpectedExit } = options;
  if (databaseUrl !== undefined) {
    return {
      urls: urlsBy((database) => urlOfDatabase(databaseUrl, database)),
      stop: async () => undefined,
    };
  }
  const running = options.shared ? await findEmbeddedPostgres(dataDirectory) : null;
  if (running) {
    return { urls: urlsBy(running.urlFor), stop: async () => undefined };
  }
  const server: EmbeddedPostgres = await startEmbeddedPostgres({
    dataDirectory,
    ...(onUnexpectedExit && { onUnexpectedExit }),
  });
  return { urls: urlsBy(server.urlFor), stop: () => server.stop() };
}

function urlsBy(urlFor: (database: string) => string): DatabaseUrls {
  const entries = subgraphNames.map((name) => [name, urlFor(databaseNameOf(name))] as const);
  return Object.fromEntries(entries) as unknown as DatabaseUrls;
}

/**
 * Creates what is missing and applies what is pending, in every database.
 *
 * @returns how many migrations were applied.
 * @throws MigrationError when an applied migration was edited or has failed.
 */
export async function migrateAll(urls: DatabaseUrls): Promise<number> {
  const applied = await Promise.all(
    subgraphNames.map((name) =>
      migrate({ url: urls[name], directory: join(prismaDirectory, name) }),
    ),
  );
  return applied.reduce((total, result) => total + result.applied.length, 0);
}
