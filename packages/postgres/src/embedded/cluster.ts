import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { PostgresBinaries } from './binaries.ts';
import { newPassword, notYours, superuser, writeCredentials } from './credentials.ts';
import { explainFailure } from './explain-failure.ts';
import { damaged, PostgresStartError } from './postgres-start-error.ts';
import { identityOf } from './process-identity.ts';
import { commandAs, giveTo, type ServerAccount } from './server-account.ts';

const run = promisify(execFile);

/** The major version of the binaries; a cluster of another one cannot be opened by them. */
const majorVersion = '18';

/** A new cluster takes some 40 MB, and its log may grow before the first checkpoint. */
const spaceNeededBytes = 200 * 1024 * 1024;

/**
 * True when the directory holds a cluster, false when it is absent or empty.
 * @throws PostgresStartError `damaged` for anything else, `not-yours`
 */
export async function clusterExists(dataDirectory: string): Promise<boolean> {
  const entries = await readdir(dataDirectory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'EACCES') throw notYours(dataDirectory);
    throw damaged(dataDirectory, error.code ?? error.message);
  });
  if (entries.length === 0) return false;
  const version = await readFile(path.join(dataDirectory, 'PG_VERSION'), 'utf8').catch(() => '');
  if (version.trim() === majorVersion) return true;
  const found = version.trim().slice(0, 20);
  throw damaged(
    dataDirectory,
    found ? `it is of Postgres "${found}", not ${majorVersion}` : 'it has no PG_VERSION',
  );
}

interface ClusterOptions {
  readonly dataDirectory: string;
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount;
  readonly durable: boolean;
}

/**
 * Makes a cluster with initdb beside its place and moves it there when it is whole, so that an
 * interrupted first start leaves nothing that looks like one.
 *
 * Ids compare as bytes: builtin provider, locale C.UTF-8. Every connection needs the password.
 * @throws PostgresStartError `no-space`, `failed`
 */
export async function createCluster(options: ClusterOptions): Promise<void> {
  const { dataDirectory, account } = options;
  const parent = path.dirname(dataDirectory);
  await mkdir(parent, { recursive: true });
  await removeAbandoned(dataDirectory);
  await requireSpace(parent);
  const maker = await identityOf(process.pid);
  const workspace = `${dataDirectory}.new-${maker}-${randomUUID().slice(0, 8)}`;
  await mkdir(workspace, { mode: 0o700 });
  try {
    await giveTo(account, workspace);
    await initialize(options, workspace);
    await rename(path.join(workspace, 'data'), dataDirectory).catch((error) => {
      // Two first starts at once: the other one was quicker, and its cluster is as good.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

async function initialize(options: ClusterOptions, workspace: string): Promise<void> {
  const { account, binaries, durable } = options;
  const data = path.join(workspace, 'data');
  const passwordFile = path.join(workspace, 'password');
  const password = newPassword();
  await writeFile(passwordFile, password, { mode: 0o600 });
  await giveTo(account, passwordFile);
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const access = [`--username=${superuser}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const throwaway = durable ? [] : ['--no-sync', '--no-data-checksums', '--wal-segsize=1'];
  const args = [`--pgdata=${data}`, '--encoding=UTF8', ...locale, ...access, ...throwaway];
  const command = await commandAs(account, binaries.initdb, args, [passwordFile]);
  await run(command.file, command.args, command.options).catch((error) => {
    throw explainFailure(options.dataDirectory, String(error.stderr || error).split('\n'));
  });
  await writeCredentials(data, { password, port: 0 }, account);
}

async function requireSpace(directory: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize >= spaceNeededBytes) return;
  throw new PostgresStartError(
    'no-space',
    `Only ${Math.floor((bavail * bsize) / 1024 / 1024)} MB of disk are free at ${directory}, a database needs ${spaceNeededBytes / 1024 / 1024} MB; free some and start again.`,
  );
}

/** Removes workspaces of first starts that were killed; those of living ones stay. */
async function removeAbandoned(dataDirectory: string): Promise<void> {
  const parent = path.dirname(dataDirectory);
  const prefix = `${path.basename(dataDirectory)}.new-`;
  for (const entry of await readdir(parent)) {
    if (!entry.startsWith(prefix)) continue;
    const maker = /^\d+-\d+/.exec(entry.slice(prefix.length))?.[0] ?? '';
    if ((await identityOf(Number.parseInt(maker, 10))) === maker) continue;
    await rm(path.join(parent, entry), { recursive: true, force: true });
  }
}
