import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PrismaClient } from '../../test/generated/prisma/client.ts';
import {
  clear,
  startTestServer,
  type TestDatabase,
  type TestServer,
} from '../../test/test-server.ts';
import { createDatabase, isRetryable, isUnavailable, isUniqueViolation } from './index.ts';

let server: TestServer;
let database: TestDatabase;

beforeAll(async () => {
  server = await startTestServer();
  database = await server.newDatabase();
});
afterAll(() => server.stop());
beforeEach(async () => {
  await clear(database);
  await database.client.account.createMany({
    data: [
      { id: 'a', owner: 'Ada', units: 10 },
      { id: 'b', owner: 'Ben', units: 10 },
    ],
  });
});

async function unitsOf(id: string): Promise<number | undefined> {
  return (await database.client.account.findUnique({ where: { id } }))?.units;
}

/** Lets every caller go on once `parties` of them have arrived; later arrivals pass at once. */
function meetingPoint(parties: number): () => Promise<void> {
  const everyone = Promise.withResolvers<void>();
  let arrived = 0;
  return () => {
    arrived += 1;
    if (arrived === parties) everyone.resolve();
    return everyone.promise;
  };
}

/** Moves one unit; both rivals hold their first row before either asks for its second. */
function move(from: string, to: string, met: () => Promise<void>, attempts: string[]) {
  return database.inTransaction(async (tx) => {
    attempts.push(from);
    await tx.account.update({ where: { id: from }, data: { units: { decrement: 1 } } });
    await met();
    await tx.account.update({ where: { id: to }, data: { units: { increment: 1 } } });
  });
}

test('a deadlock runs the whole transaction of its victim again', async () => {
  const attempts: string[] = [];
  const met = meetingPoint(2);
  await Promise.all([move('a', 'b', met, attempts), move('b', 'a', met, attempts)]);
  expect(attempts).toHaveLength(3);
  expect([await unitsOf('a'), await unitsOf('b')]).toEqual([10, 10]);
});

test('a serialization failure of a statement runs the whole transaction again', async () => {
  let attempts = 0;
  const met = meetingPoint(2);
  const increment = () =>
    database.inTransaction(async (tx) => {
      attempts += 1;
      const { units } = await tx.account.findUniqueOrThrow({ where: { id: 'a' } });
      await met();
      await tx.account.update({ where: { id: 'a' }, data: { units: units + 1 } });
    }, 'RepeatableRead');
  await Promise.all([increment(), increment()]);
  expect(attempts).toBe(3);
  expect(await unitsOf('a')).toBe(12);
});

test('a serialization failure of a raw statement runs the whole transaction again', async () => {
  let attempts = 0;
  const met = meetingPoint(2);
  const increment = () =>
    database.inTransaction(async (tx) => {
      attempts += 1;
      await tx.$queryRaw`SELECT units FROM account WHERE id = 'a'`;
      await met();
      await tx.$executeRaw`UPDATE account SET units = units + 1 WHERE id = 'a'`;
    }, 'RepeatableRead');
  await Promise.all([increment(), increment()]);
  expect(attempts).toBe(3);
  expect(await unitsOf('a')).toBe(12);
});

test('a serialization failure at COMMIT runs the whole transaction again', async () => {
  let attempts = 0;
  const read = meetingPoint(2);
  const written = meetingPoint(2);
  // Write skew: each reads both rows and writes the one the other only read, so that no statement
  // fails and the second COMMIT does.
  const drain = (id: string) =>
    database.inTransaction(async (tx) => {
      attempts += 1;
      const { _sum } = await tx.account.aggregate({ _sum: { units: true } });
      await read();
      if ((_sum.units ?? 0) >= 20) {
        await tx.account.update({ where: { id }, data: { units: { decrement: 10 } } });
      }
      await written();
    }, 'Serializable');
  await Promise.all([drain('a'), drain('b')]);
  expect(attempts).toBe(3);
  expect([await unitsOf('a'), await unitsOf('b')].sort()).toEqual([0, 10]);
});

test('a transaction that never gets through gives up after five attempts with its own error', async () => {
  let attempts = 0;
  const failing = database.inTransaction(async (tx) => {
    attempts += 1;
    await tx.$executeRawUnsafe(
      `DO $$ BEGIN RAISE EXCEPTION 'never' USING ERRCODE = 'serialization_failure'; END $$`,
    );
  });
  const error = await failing.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect(isRetryable(error)).toBe(true);
  expect(attempts).toBe(5);
});

test.each([
  ['an error of the use case', () => Promise.reject(new Error('no'))],
  [
    'a unique violation',
    () => database.client.account.create({ data: { id: 'c', owner: 'Ada', units: 1 } }),
  ],
  ['a syntax error', () => database.client.$executeRawUnsafe('SELEKT 40001')],
])('%s is thrown on at once', async (_name, fail) => {
  let attempts = 0;
  const failing = database.inTransaction(async () => {
    attempts += 1;
    await fail();
  });
  await expect(failing).rejects.toThrow();
  expect(attempts).toBe(1);
});

test('a use case that throws leaves nothing behind', async () => {
  const failing = database.inTransaction(async (tx) => {
    await tx.account.update({ where: { id: 'a' }, data: { units: 0 } });
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  expect(await unitsOf('a')).toBe(10);
});

const duplicates: [string, () => Promise<unknown>][] = [
  [
    'through the client',
    () => database.client.account.create({ data: { id: 'c', owner: 'Ada', units: 1 } }),
  ],
  [
    'by SQL',
    () =>
      database.client.$executeRaw`INSERT INTO account (id, owner, units) VALUES ('c', 'Ada', 1)`,
  ],
  [
    'within a transaction',
    () =>
      database.inTransaction((tx) => {
        return tx.account.create({ data: { id: 'c', owner: 'Ada', units: 1 } });
      }),
  ],
];

test.each(duplicates)('a unique violation %s is recognized by its column', async (_way, insert) => {
  const error = await insert().catch((thrown: unknown) => thrown);
  expect(isUniqueViolation(error)).toBe(true);
  expect(isUniqueViolation(error, 'owner')).toBe(true);
  expect(isUniqueViolation(error, 'units')).toBe(false);
  expect(isRetryable(error)).toBe(false);
});

test('other failures are no unique violation', async () => {
  const error = await database.client.account
    .update({ where: { id: 'nobody' }, data: { units: 1 } })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect(isUniqueViolation(error)).toBe(false);
  expect(isUniqueViolation(new Error('23505'))).toBe(false);
});

describe('a database that cannot be asked', () => {
  const open = (url: string) =>
    createDatabase({ url, poolSize: 1, createClient: (adapter) => new PrismaClient({ adapter }) });
  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => null,
      (error: unknown) => error,
    );

  test('is told from one that refuses, when all of its connections are taken', async () => {
    const busy = open(database.url);
    const held = Promise.withResolvers<void>();
    const taken = Promise.withResolvers<void>();
    const holding = busy.inTransaction(async (tx) => {
      await tx.$queryRaw`SELECT 1`;
      taken.resolve();
      await held.promise;
    });
    await taken.promise;
    const failures = await Promise.all([
      failureOf(busy.client.$queryRaw`SELECT 1`),
      failureOf(busy.inTransaction((tx) => tx.account.findMany())),
    ]);
    held.resolve();
    await holding;
    expect(failures.map(isUnavailable)).toEqual([true, true]);
    await busy.close();
  });

  test.each([
    ['its connection ends', 'SELECT pg_terminate_backend(pg_backend_pid())', true],
    ['it takes too long', 'SELECT pg_sleep(1)', true],
    ['the statement is wrong', 'SELECT 1 / 0', false],
  ])('when %s', async (_, sql, expected) => {
    const failure = await failureOf(
      database.inTransaction(async (tx) => {
        await tx.$queryRaw`SELECT set_config('statement_timeout', '20', true)`;
        await tx.$queryRawUnsafe(sql);
      }),
    );
    expect([isUnavailable(failure), isRetryable(failure)]).toEqual([expected, false]);
  });

  test.each([
    'postgresql://nobody@127.0.0.1:1/nothing',
    'postgresql://nobody@localhost/nothing?host=/no/such/directory',
  ])('when nobody listens at %s', async (url) => {
    const gone = open(url);
    const failures = await Promise.all([
      failureOf(gone.client.$queryRaw`SELECT 1`),
      failureOf(gone.inTransaction((tx) => tx.account.findMany())),
    ]);
    expect(failures.map(isUnavailable)).toEqual([true, true]);
    await gone.close();
  });

  test('and from a file that is missing', async () => {
    expect(isUnavailable(await failureOf(readFile('/no/such/file')))).toBe(false);
  });
});

test('an instant is stored as it is, whatever the time zone of the server', async () => {
  const abroad = await server.newDatabase();
  const name = new URL(abroad.url).pathname.slice(1);
  await abroad.client.$executeRawUnsafe(`ALTER DATABASE ${name} SET timezone = 'Asia/Tokyo'`);
  await abroad.close();
  const instant = new Date('2024-06-30T23:30:00.123Z');
  const event = { eventId: 'evt_1', takenAt: instant };
  await abroad.client.inboxEvent.create({ data: { consumer: 'model', ...event } });
  await abroad.client.$executeRaw`INSERT INTO inbox VALUES ('sql', 'evt_1', ${instant})`;
  const rows = await abroad.client.$queryRaw`
    SELECT extract(epoch FROM taken_at)::float8 * 1000 AS milliseconds FROM inbox`;
  const milliseconds = instant.getTime();
  expect(rows).toEqual([{ milliseconds }, { milliseconds }]);
  const stored = await abroad.client.inboxEvent.findFirstOrThrow();
  expect(stored.takenAt).toEqual(instant);
});

test('a statement marked as prepared is kept under its name, and no other is', async () => {
  const kept = await database.inTransaction(async (tx) => {
    for (const id of ['a', 'b', 'nobody']) {
      await tx.$queryRaw`/* prepared as units-of */ SELECT units FROM account WHERE id = ${id}`;
      await tx.$queryRaw`SELECT owner FROM account WHERE id = ${id}`;
    }
    return tx.$queryRaw`
      SELECT name, (generic_plans + custom_plans)::int AS runs FROM pg_prepared_statements`;
  });
  expect(kept).toEqual([{ name: 'units-of', runs: 3 }]);
});
