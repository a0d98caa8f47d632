import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { createSubgraph as createContent, decodeMarkdown } from '@civitas/content';
import { readConfig } from '@civitas/platform/config';
import { UserFailure } from '@civitas/platform/errors';
import { connectEventBus } from '@civitas/platform/events';
import { newId } from '@civitas/platform/ids';
import { connectPubSub } from '@civitas/platform/pubsub';
import { executeOnSubgraph, type UserKind, type Viewer } from '@civitas/platform/subgraph';
import { createLogger } from '@civitas/platform/telemetry';
import type { FormattedExecutionResult } from 'graphql';
import { Client } from 'pg';
import { environment, fail } from './command-line.ts';
import { migrateAll, startDatabaseServer } from './databases.ts';
import { LocalStartError } from './local-start-error.ts';

const HELP = `npm run import -- [options] <file.md>

Makes a Markdown file a subject with its tree of topics, whether or not the graph is running.

  --owner <handle>   whose it becomes; the first civilian of the demo town when absent
  --title <text>     the file's first heading when absent
  --private          only its owner sees it
  --help             says this
`;

/** Larger files are refused before they are read; the importer's own limit is below this. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

const IMPORT = /* GraphQL */ `
  mutation ImportFile($input: ImportSubjectInput!) {
    importSubject(input: $input) {
      __typename
      ... on ImportSubjectSuccess {
        subject {
          id
          title
          topicCount
        }
      }
      ... on UserError {
        code
        message
      }
    }
  }
`;

try {
  await importFile();
} catch (error) {
  fail(error);
}

async function importFile(): Promise<void> {
  const given = readImportArguments();
  if (given === 'help') {
    console.log(HELP);
    return;
  }
  const { path, owner, title, visibility } = given;
  const markdown = await readMarkdown(path);
  const config = readConfig(environment);
  const server = await startDatabaseServer({
    databaseUrl: config.DATABASE_URL,
    dataDirectory: join(config.CIVITAS_DATA, 'postgres'),
    shared: true,
  });
  try {
    await migrateAll(server.urls);
    const viewer = await findOwner(server.urls.identity, owner);
    const log = createLogger({ name: 'import', level: 'error' });
    const bus = connectEventBus({ redisUrl: undefined, log });
    const content = createContent({
      databaseUrl: server.urls.content,
      bus,
      pubsub: connectPubSub({ redisUrl: undefined, log }),
      log,
    });
    const input = { markdown, title, fileName: basename(path), visibility };
    const result = await executeOnSubgraph(
      content,
      { query: IMPORT, variables: { input } },
      { viewer, requestId: randomUUID(), signal: new AbortController().signal },
    ).finally(() => content.stop());
    report(path, result);
  } finally {
    await server.stop();
  }
}

interface ImportArguments {
  readonly path: string;
  /** Handle of the person whose subject it becomes. */
  readonly owner: string | null;
  readonly title: string | null;
  readonly visibility: 'PUBLIC' | 'PRIVATE';
}

function readImportArguments(): ImportArguments | 'help' {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: {
        owner: { type: 'string' },
        title: { type: 'string' },
        private: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return 'help';
    const [path, ...others] = positionals;
    if (path === undefined || others.length > 0) throw new Error('Name one file.');
    const { owner = null, title = null } = values;
    return { path, owner, title, visibility: values.private ? 'PRIVATE' : 'PUBLIC' };
  } catch (error) {
    throw new LocalStartError(`${(error as Error).message} \`npm run import -- --help\` says how.`);
  }
}

async function readMarkdown(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES) throw new LocalStartError(`${path} has ${size} bytes; too many.`);
    return decodeMarkdown(await readFile(path));
  } catch (error) {
    if (error instanceof UserFailure) throw new LocalStartError(`${path}: ${error.message}`);
    if (error instanceof LocalStartError) throw error;
    throw new LocalStartError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

/** The person with this handle, or the first civilian of the demo town. */
async function findOwner(identityUrl: string, handle: string | null): Promise<Viewer> {
  const client = new Client({ connectionString: identityUrl });
  await client.connect();
  const { rows } = await client
    .query<{ id: string; kind: UserKind }>(
      'SELECT id, kind FROM "user" WHERE CASE WHEN $1::text IS NULL THEN handle ~ $2 ELSE handle = $1 END',
      [handle, '-c1$'],
    )
    .finally(() => client.end());
  const [owner] = rows;
  if (!owner) {
    const whom = handle === null ? 'the demo town' : `somebody with the handle ${handle}`;
    throw new LocalStartError(
      `The subject needs an owner, but ${whom} is not there; run \`npm start\` first.`,
    );
  }
  return { type: 'user', ...owner, roles: [], scopes: [], sessionId: newId('ses') };
}

interface ImportResult {
  readonly __typename: string;
  readonly subject?: { readonly id: string; readonly title: string; readonly topicCount: number };
  readonly message?: string;
}

function report(path: string, { data, errors }: FormattedExecutionResult): void {
  const result = data?.['importSubject'] as ImportResult | undefined;
  if (errors || !result?.subject) {
    throw new LocalStartError(`${path}: ${result?.message ?? errors?.[0]?.message}`);
  }
  const { id, title, topicCount } = result.subject;
  console.log(`  ${path} is now the subject "${title}" with ${topicCount} topics: ${id}`);
}
