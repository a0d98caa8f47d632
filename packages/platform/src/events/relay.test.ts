import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  clear,
  startTestServer,
  type TestDatabase,
  type TestServer,
} from '../../test/test-server.ts';
import { createRelay, type DomainEvent, type EventBus, type Relay } from './index.ts';
import { allPublished, change, changeTimes, eventually, log, upTo } from './test/scene.ts';

let server: TestServer;
let source: TestDatabase;
const relays: Relay[] = [];

beforeAll(async () => {
  server = await startTestServer();
  source = await server.newDatabase();
});
afterAll(() => server.stop());
beforeEach(() => clear(source));
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
});

interface RecordingBus extends EventBus {
  readonly published: string[];
}

/** Notes what it is given as `aggregate step`, after what a test wants to happen first. */
function recordingBus(before: (events: readonly DomainEvent[]) => Promise<void>): RecordingBus {
  const published: string[] = [];
  return {
    published,
    publish: async (events) => {
      await before(events);
      for (const { aggregateId, payload } of events) {
        published.push(`${aggregateId} ${(payload as { step: number }).step}`);
      }
    },
    subscribe: () => undefined,
    start: async () => undefined,
    forget: async () => undefined,
    close: async () => undefined,
  };
}

const atOnce = async () => undefined;

function startRelay(bus: EventBus): Relay {
  const relay = createRelay({ url: source.url, bus, log });
  relays.push(relay);
  relay.start();
  return relay;
}

const stepsOf = (aggregateId: string, steps: number) =>
  upTo(steps).map((step) => `${aggregateId} ${step}`);

test('one relay of several is active, and another takes over when it stops', async () => {
  const buses = [recordingBus(atOnce), recordingBus(atOnce)] as const;
  const first = startRelay(buses[0]);
  await change(source, 'h1');
  await allPublished(source);
  startRelay(buses[1]);
  await changeTimes(source, 'h2', 20);
  await allPublished(source);
  expect(buses[0].published).toEqual(['h1 1', ...stepsOf('h2', 20)]);
  expect(buses[1].published).toEqual([]);
  await first.stop();
  await change(source, 'h3');
  await eventually(async () => expect(buses[1].published).toEqual(['h3 1']));
});

test('a commit wakes the relay', async () => {
  const bus = recordingBus(atOnce);
  startRelay(bus);
  await change(source, 'h1');
  await allPublished(source);
  const latencies: number[] = [];
  for (let time = 0; time < 5; time += 1) {
    const committedAt = performance.now();
    await change(source, 'h1');
    await eventually(async () => expect(bus.published).toHaveLength(time + 2));
    latencies.push(performance.now() - committedAt);
  }
  // Polling alone would take a second on average.
  expect(Math.min(...latencies)).toBeLessThan(500);
});

test('a lost connection is made again and nothing is left behind', async () => {
  const bus = recordingBus(atOnce);
  startRelay(bus);
  await change(source, 'h1');
  await allPublished(source);
  const [gone] = await source.client.$queryRaw<{ ended: boolean }[]>`
    SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
    WHERE application_name = 'civitas-relay' AND datname = current_database()`;
  expect(gone?.ended).toBe(true);
  await changeTimes(source, 'h1', 3);
  await eventually(async () => expect(bus.published).toEqual(stepsOf('h1', 4)));
});

test('what a bus refuses is published again, in order', async () => {
  let refusals = 0;
  const bus = recordingBus(async () => {
    if (refusals < 3) {
      refusals += 1;
      throw new Error('no broker');
    }
  });
  await changeTimes(source, 'h1', 5);
  startRelay(bus);
  await allPublished(source);
  expect(bus.published).toEqual(stepsOf('h1', 5));
});

test('an aggregate the bus is slow to take holds up no other', async () => {
  const hold = Promise.withResolvers<void>();
  const slow = Promise.withResolvers<void>();
  const bus = recordingBus(async (events) => {
    if (!events.some(({ aggregateId }) => aggregateId === 'slow')) return;
    slow.resolve();
    await hold.promise;
  });
  startRelay(bus);
  await change(source, 'slow');
  await slow.promise;
  await changeTimes(source, 'slow', 2);
  await changeTimes(source, 'fast', 5);
  await eventually(async () => expect(bus.published).toEqual(stepsOf('fast', 5)));
  hold.resolve();
  await allPublished(source);
  expect(bus.published).toEqual([...stepsOf('fast', 5), ...stepsOf('slow', 3)]);
});

test('stopping waits for what the bus is taking and marks it', async () => {
  const hold = Promise.withResolvers<void>();
  const taking = Promise.withResolvers<void>();
  const bus = recordingBus(async () => {
    taking.resolve();
    await hold.promise;
  });
  const relay = startRelay(bus);
  await change(source, 'h1');
  await taking.promise;
  const stopped = relay.stop();
  hold.resolve();
  await stopped;
  expect(await source.client.outboxEvent.count({ where: { publishedAt: null } })).toBe(0);
});

test('rows past their retention are deleted, unpublished ones never', async () => {
  await changeTimes(source, 'h1', 3);
  await source.client.$executeRaw`
    UPDATE outbox SET published_at = now() - interval '8 days' WHERE position = 1`;
  await source.client.$executeRaw`
    UPDATE outbox SET published_at = now() - interval '6 days' WHERE position = 2`;
  await source.client.$executeRaw`
    INSERT INTO inbox VALUES ('finance', 'old', now() - interval '31 days'),
      ('finance', 'new', now() - interval '29 days')`;
  startRelay(recordingBus(atOnce));
  await allPublished(source);
  const rows = await source.client.outboxEvent.findMany({ orderBy: { position: 'asc' } });
  expect(rows.map(({ position }) => position)).toEqual([2n, 3n]);
  const taken = await source.client.inboxEvent.findMany();
  expect(taken.map(({ eventId }) => eventId)).toEqual(['new']);
});

test.each(['moved', 'town.moved', 'Town.house.moved', 'town.house moved.x', ''])(
  'the event type %j is refused before anything is written',
  async (type) => {
    await expect(change(source, 'h1', type)).rejects.toThrow(TypeError);
    expect(await source.client.account.count()).toBe(0);
  },
);
