import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  findEmbeddedPostgres,
  startEmbeddedPostgres,
} from './index.ts';
import { clearTheWay, findPostmaster } from './postmaster.ts';

const run = promisify(execFile);

let cluster: string;
let parent: string;
let dataDirectory: string;
let servers: EmbeddedPostgres[];

// Most tests begin with a copy of one cluster: copying is ten times quicker than initdb.
beforeAll(async () => {
  cluster = await mkdtemp(path.join(tmpdir(), 'civitas-embedded-'));
  const dataDirectory = path.join(cluster, 'data');
  await (await startEmbeddedPostgres({ dataDirectory, durable: false })).stop();
});
afterAll(() => rm(cluster, { recursive: true }));
const copyCluster = () => run('cp', ['-a', path.join(cluster, 'data'), dataDirectory]);

beforeEach(async () => {
  // Mode 0700 and ours: as root, Postgres's account can only enter by the capability we leave it.
  parent = await mkdtemp(path.join(tmpdir(), 'civitas-embedded-'));
  dataDirectory = path.join(parent, 'data');
  servers = [];
  await copyCluster();
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  // Also the one a killed process has left.
  await clearTheWay(dataDirectory);
  await rm(parent, { recursive: true, force: true });
});

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDirectory, durable: false, ...options });
  servers.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client
    .query(sql)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

const reasonOf = (starting: Promise<unknown>) =>
  starting.then(
    () => 'started',
    (error) => {
      expect(error.message).not.toContain('\n');
      return error.reason;
    },
  );

/** Resolves with the URL once the other process has its server. */
async function startElsewhere(...args: string[]) {
  const script = path.resolve(import.meta.dirname, '../../test/hold-server.ts');
  const child = spawn(process.execPath, [script, dataDirectory, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = await once(child.stdout, 'data');
  return { child, url: String(line).trim() };
}

async function untilGone(pid: number): Promise<void> {
  while ((await findPostmaster(dataDirectory))?.pid === pid) await delay(10);
}

test('data and address survive a restart', async () => {
  const first = await start({ durable: true });
  await query(first.adminUrl, 'CREATE TABLE kept AS SELECT 42 AS n');
  await first.stop();
  await first.stop();
  const second = await start({ durable: true });
  expect(second.adminUrl).toBe(first.adminUrl);
  expect(await query(second.adminUrl, 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
});

test('ids compare as bytes, and nobody enters without the password', async () => {
  const { adminUrl } = await start();
  expect(await query(adminUrl, `SELECT 'a_B' < 'a_a' AS bytes, 'Z' < 'a' AS upper`)).toEqual([
    { bytes: true, upper: true },
  ]);
  const stranger = new URL(adminUrl);
  stranger.password = 'guess';
  await expect(query(stranger.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  const secrets = await stat(path.join(dataDirectory, 'civitas.json'));
  expect(secrets.mode & 0o777).toBe(0o600);
});

test('a second start of the same directory is refused and names the owner', async () => {
  const first = await start();
  await expect(start()).rejects.toMatchObject({
    reason: 'in-use',
    message: expect.stringContaining(`process ${process.pid}`),
  });
  expect(await query(first.adminUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('of two first starts at once one wins and the other is refused', async () => {
  await rm(dataDirectory, { recursive: true });
  const outcomes = await Promise.all([reasonOf(start()), reasonOf(start())]);
  expect(outcomes.sort()).toEqual(['in-use', 'started']);
});

test('another process finds a running server as a guest', async () => {
  expect(await findEmbeddedPostgres(dataDirectory)).toBeNull();
  const { child, url } = await startElsewhere();
  expect((await findEmbeddedPostgres(dataDirectory))?.adminUrl).toBe(url);
  expect(await reasonOf(start())).toBe('in-use');
  child.kill('SIGKILL');
  await once(child, 'exit');
});

test('kill -9 of the owner leaves an orphan that does not block the next start', async () => {
  const { child, url } = await startElsewhere();
  await query(url, 'CREATE TABLE kept AS SELECT 42 AS n');
  const orphan = await findPostmaster(dataDirectory);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const server = await start();
  expect((await findPostmaster(dataDirectory))?.pid).not.toBe(orphan?.pid);
  expect(await query(server.adminUrl, 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
});

test('kill -9 of owner and Postgres does not block the next start', async () => {
  const { child } = await startElsewhere();
  const postmaster = await findPostmaster(dataDirectory);
  process.kill(postmaster?.pid as number, 'SIGKILL');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const server = await start();
  expect(await query(server.adminUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('kill -9 of Postgres is reported, and the same process can start again', async () => {
  const died = Promise.withResolvers<void>();
  const first = await start({ durable: true, onUnexpectedExit: died.resolve });
  await query(first.adminUrl, 'CREATE TABLE kept AS SELECT 42 AS n');
  const postmaster = await findPostmaster(dataDirectory);
  process.kill(postmaster?.pid as number, 'SIGKILL');
  await died.promise;
  const second = await start();
  expect(await query(second.adminUrl, 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
});

test('a process that ends without stopping takes its server with it', async () => {
  const { child } = await startElsewhere('exit');
  const postmaster = await findPostmaster(dataDirectory);
  if (child.exitCode === null) await once(child, 'exit');
  if (postmaster) await untilGone(postmaster.pid);
  expect(await findPostmaster(dataDirectory)).toBeNull();
});

test('a pid file that names some other process is removed', async () => {
  await (await start()).stop();
  const file = path.join(dataDirectory, 'postmaster.pid');
  await writeFile(file, `${process.pid}\n${dataDirectory}\n1\n5432\n\n127.0.0.1\n1 1\nready\n`);
  await start();
  expect(await readFile(file, 'utf8')).not.toMatch(new RegExp(`^${process.pid}\n`));
});

test('a remembered port that was taken meanwhile is replaced, a wanted one is refused', async () => {
  const first = await start();
  await first.stop();
  const squatter = createServer().listen(first.port, '127.0.0.1');
  await once(squatter, 'listening');
  const second = await start();
  expect(second.port).not.toBe(first.port);
  await second.stop();
  expect(await reasonOf(start({ port: first.port }))).toBe('port-taken');
  squatter.close();
});

test('damaged directories are refused in one line that says how to start anew', async () => {
  const damagedIn = async (damage: () => Promise<void>) => {
    await damage();
    await expect(start()).rejects.toMatchObject({
      reason: 'damaged',
      message: expect.stringContaining('npm start -- --reset'),
    });
    await rm(dataDirectory, { recursive: true });
  };
  await rm(dataDirectory, { recursive: true });
  await damagedIn(async () => {
    await mkdir(dataDirectory);
    await writeFile(path.join(dataDirectory, 'garbage'), 'x');
  });
  await damagedIn(async () => {
    await mkdir(dataDirectory);
    await writeFile(path.join(dataDirectory, 'PG_VERSION'), '15\n');
  });
  await damagedIn(() => writeFile(dataDirectory, 'a file'));
  const halves = ['global/pg_control', 'civitas.json', 'pg_wal', 'postgresql.conf'];
  for (const half of halves) {
    await damagedIn(async () => {
      await copyCluster();
      await rm(path.join(dataDirectory, half), { recursive: true });
    });
  }
});

test('a first start that was killed leaves nothing that later ones stumble over', async () => {
  // What kill -9 during initdb leaves: a workspace of a process that is gone.
  await rm(dataDirectory, { recursive: true });
  await mkdir(`${dataDirectory}.new-1-1/data`, { recursive: true });
  await start();
  expect(await readdir(parent)).toEqual(['data']);
});
