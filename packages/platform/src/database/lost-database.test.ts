import { readFile } from 'node:fs/promises';
import { createServer, connect as dial, type Socket } from 'node:net';
import { join } from 'node:path';
import { startThrowawayPostgres } from '@civitas/postgres/embedded';
import pg from 'pg';
import { expect, inject, test, vi } from 'vitest';
import { PrismaClient } from '../../test/generated/prisma/client.ts';
import { codedError } from '../subgraph/execution/coded-error.ts';
import { createDatabase } from './index.ts';

const open = (url: string) =>
  createDatabase({ url, poolSize: 4, createClient: (adapter) => new PrismaClient({ adapter }) });

/** Many that ask one after the other, in every way there is, and what went wrong for them. */
function askers(url: string) {
  const database = open(url);
  const failures: unknown[] = [];
  let [answered, isOver] = [0, false];
  const asking = [
    () => database.client.account.count(),
    () => database.client.$queryRaw`SELECT count(*) FROM account`,
    () => database.client.$executeRaw`UPDATE account SET units = 1`,
    () => database.inTransaction((tx) => tx.account.count()),
    () =>
      database.inTransaction(async (tx) => {
        await tx.$executeRaw`SELECT pg_sleep(0.002)`;
        await tx.account.count().catch((error: unknown) => failures.push(error));
        return tx.$executeRaw`UPDATE account SET units = 2`;
      }),
  ].flatMap((ask) => [ask, ask]);
  const all = asking.map(async (ask) => {
    while (!isOver) {
      try {
        await ask();
        answered += 1;
      } catch (error) {
        failures.push(error);
        await new Promise(setImmediate);
      }
    }
  });
  return {
    failures,
    answered: () => answered,
    end: async () => {
      isOver = true;
      await Promise.all(all);
      await database.close();
    },
  };
}

/** `FATAL: 57P01`, as a server says it that shuts down. */
const LAST_WORDS = (() => {
  const fields = Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0');
  const head = Buffer.from([0x45, 0, 0, 0, fields.length + 4]);
  return Buffer.concat([head, fields]);
})();
/** `ReadyForQuery`, outside a transaction. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/**
 * A way to Postgres that somebody can cut.
 *
 * @param isShuttingDown true for a server that says so in the packet in which it says that it is ready.
 */
async function wayTo(url: string, isShuttingDown = false) {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = dial(Number(port), hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      const isReady = isShuttingDown && chunk.subarray(-READY.length).equals(READY);
      client.write(isReady ? Buffer.concat([chunk, LAST_WORDS]) : chunk);
      if (isReady) client.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const way = new URL(url);
  way.host = `127.0.0.1:${(server.address() as { port: number }).port}`;
  return {
    url: way.href,
    cut: (how: (socket: Socket) => void) => sockets.forEach(how),
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test('whatever happens to Postgres amid requests, who asked is told to ask again', async () => {
  const postgres = await startThrowawayPostgres();
  const url = postgres.urlFor('postgres');
  const operator = new pg.Client({ connectionString: url });
  operator.on('error', () => undefined);
  await operator.connect();
  await operator.query(
    `CREATE TABLE account (id text PRIMARY KEY, owner text, units int); INSERT INTO account VALUES ('a', 'Ada', 0)`,
  );
  const { rows } = await operator.query('SHOW data_directory');
  const way = await wayTo(url);
  const people = askers(way.url);
  const goesOn = async () => {
    const before = people.answered();
    await vi.waitFor(() => expect(people.answered()).toBeGreaterThan(before + 6), 25_000);
  };
  const isFelt = async (happens: () => unknown) => {
    const before = people.failures.length;
    await happens();
    await vi.waitFor(() => expect(people.failures.length).toBeGreaterThan(before), 25_000);
  };
  try {
    await goesOn();
    await isFelt(() => way.cut((socket) => socket.resetAndDestroy()));
    await goesOn();
    await isFelt(() => way.cut((socket) => socket.destroy()));
    await goesOn();
    await isFelt(() =>
      operator.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
      ),
    );
    await goesOn();
    // One backend by kill -9: Postgres ends all others and recovers.
    const backend = await operator.query('SELECT pg_backend_pid() AS pid');
    await isFelt(() => process.kill(backend.rows[0].pid, 'SIGKILL'));
    await goesOn();
    const file = await readFile(join(rows[0].data_directory, 'postmaster.pid'), 'utf8');
    await isFelt(() => process.kill(Number(file.split('\n')[0]), 'SIGKILL'));
  } finally {
    await people.end();
    way.close();
    await postgres.stop();
  }
  const others = people.failures.filter((each) => codedError(each).code !== 'SERVICE_UNAVAILABLE');
  expect(others).toEqual([]);
}, 120_000);

test('a server that is ready and shuts down in one breath ends nobody’s process', async () => {
  const way = await wayTo(inject('testPostgres').adminUrl, true);
  const { client, inTransaction, close } = open(way.url);
  const failures = await Promise.allSettled([
    client.$queryRaw`SELECT 1`,
    inTransaction((tx) => tx.$queryRaw`SELECT 1`),
    inTransaction((tx) => tx.$queryRaw`SELECT 1`),
  ]);
  const codes = failures.map((each) => 'reason' in each && codedError(each.reason).code);
  expect(codes).toEqual(Array(3).fill('SERVICE_UNAVAILABLE'));
  await close();
  way.close();
});
