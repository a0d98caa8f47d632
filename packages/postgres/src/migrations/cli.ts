import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  findEmbeddedPostgres,
  type PostgresAddress,
  PostgresStartError,
  startEmbeddedPostgres,
  startThrowawayPostgres,
} from '../embedded/index.ts';
import { type DatabaseUrls, readDatabaseUrls } from './database-urls.ts';
import { diff, writeMigration } from './diff.ts';
import { migrate, status } from './migrate.ts';
import { MigrationError } from './migration-error.ts';
import { databaseNameOf, listSubgraphs, prismaDirectory } from './subgraph-databases.ts';

const HELP = `npm run db:diff -- <subgraph> <name>          writes a migration of what schema.prisma has and they have not
npm run db:migrate -- [<subgraph>] [options]  applies what is pending, in one database or all
npm run db:status -- [<subgraph>]             says what is applied; exit code 1 when something is not

  --retry-failed    tries a migration again that failed before
  --help            says this

They work on <SUBGRAPH>_DATABASE_URL or DATABASE_URL, else on the embedded server of npm start.`;

const embeddedDirectory = path.resolve(prismaDirectory, '../.data/postgres');
const directoryOf = (subgraph: string) => path.join(prismaDirectory, subgraph);

/** Runs one command and answers the exit code: 0 done, 1 refused or not up to date, 2 misused. */
async function main(args: string[], urls: DatabaseUrls): Promise<number> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      'retry-failed': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [command, subgraph, name] = positionals;
  const all = await listSubgraphs();
  if (subgraph !== undefined && !all.includes(subgraph)) {
    return misused(`there is no subgraph "${subgraph}" (${all.join(', ') || 'none yet'})`);
  }
  const chosen = subgraph === undefined ? all : [subgraph];
  switch (command) {
    case 'diff':
      return subgraph && name ? runDiff(subgraph, name, urls) : misused(HELP);
    case 'migrate':
      return runMigrate(chosen, urls, values['retry-failed']);
    case 'status':
      return runStatus(chosen, urls);
    default:
      return misused(HELP);
  }
}

async function runDiff(subgraph: string, name: string, urls: DatabaseUrls): Promise<number> {
  const directory = directoryOf(subgraph);
  const sql = await withScratchServer(urls(subgraph), (shadowUrl) =>
    diff({ directory, shadowUrl }),
  );
  if (sql === '') {
    console.log(`${subgraph}: the migrations agree with schema.prisma, nothing to write.`);
    return 0;
  }
  const file = await writeMigration(directory, name, sql, new Date());
  console.log(
    `${path.relative(process.cwd(), file)} written; read it, and add what Prisma cannot express.`,
  );
  return 0;
}

async function runMigrate(
  subgraphs: readonly string[],
  urls: DatabaseUrls,
  retryFailed: boolean,
): Promise<number> {
  await withDatabases(subgraphs, urls, async (subgraph, url) => {
    const { applied } = await migrate({ url, directory: directoryOf(subgraph), retryFailed });
    console.log(`${subgraph}: ${applied.length ? `applied ${applied.join(', ')}` : 'up to date'}`);
  });
  return 0;
}

async function runStatus(subgraphs: readonly string[], urls: DatabaseUrls): Promise<number> {
  let behind = false;
  await withDatabases(subgraphs, urls, async (subgraph, url) => {
    const found = await status({ url, directory: directoryOf(subgraph) });
    const { applied, pending, edited, missing } = found;
    const failed = found.failed.map((each) => each.name);
    const trouble = Object.entries({ pending, failed, edited, missing })
      .filter(([, names]) => names.length > 0)
      .map(([kind, names]) => `${kind}: ${names.join(', ')}`);
    behind ||= trouble.length > 0;
    console.log(`${subgraph}: ${applied.length} applied; ${trouble.join('; ') || 'up to date'}`);
  });
  return behind ? 1 : 0;
}

/** One after the other, on the servers the environment names, else on the embedded one. */
async function withDatabases(
  subgraphs: readonly string[],
  urls: DatabaseUrls,
  use: (subgraph: string, url: string) => Promise<void>,
): Promise<void> {
  const given = new Map(subgraphs.map((subgraph) => [subgraph, urls(subgraph)]));
  const embedded = [...given.values()].every(Boolean) ? undefined : await embeddedServer();
  try {
    for (const [subgraph, url] of given) {
      await use(subgraph, url ?? (embedded?.urlFor(databaseNameOf(subgraph)) as string));
    }
  } finally {
    await embedded?.stop();
  }
}

/** The server of `npm start`: as a guest when it runs, else started for this command. */
async function embeddedServer(): Promise<PostgresAddress & { stop(): Promise<void> }> {
  const running = await findEmbeddedPostgres(embeddedDirectory);
  if (running) return { ...running, stop: async () => undefined };
  return startEmbeddedPostgres({ dataDirectory: embeddedDirectory });
}

/** A place for the shadow database: a server that is there anyway, else a throw-away one. */
async function withScratchServer<Result>(
  given: string | undefined,
  use: (url: string) => Promise<Result>,
): Promise<Result> {
  const url = given ?? (await findEmbeddedPostgres(embeddedDirectory))?.adminUrl;
  if (url) return use(url);
  const server = await startThrowawayPostgres();
  return use(server.adminUrl).finally(server.stop);
}

function misused(message: string): number {
  console.error(message);
  return 2;
}

try {
  process.exitCode = await main(process.argv.slice(2), readDatabaseUrls(process.env));
} catch (error) {
  const expected = error instanceof MigrationError || error instanceof PostgresStartError;
  const misuse = (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS');
  console.error(expected || misuse ? (error as Error).message : error);
  process.exitCode = misuse ? 2 : 1;
}
