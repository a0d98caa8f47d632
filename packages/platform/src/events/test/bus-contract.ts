import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  clear,
  startTestServer,
  type TestDatabase,
  type TestServer,
} from '../../../test/test-server.ts';
import { appendEvents, type EventBus, MAX_ATTEMPTS } from '../index.ts';
import {
  allPublished,
  applied,
  change,
  changeTimes,
  eventually,
  expectApplied,
  type RunningProcess,
  runProcess,
  upTo,
} from './scene.ts';

interface BusShape {
  readonly name: string;
  /** A bus as one process makes it; all of one test share what is behind it, if anything. */
  newBus(): EventBus;
}

/** What every bus guarantees, told from outbox to effect. */
export function busContract(shape: BusShape): void {
  describe(`events over the ${shape.name} bus`, () => {
    let server: TestServer;
    let source: TestDatabase;
    let target: TestDatabase;
    const running: RunningProcess[] = [];

    beforeAll(async () => {
      server = await startTestServer();
      [source, target] = await Promise.all([server.newDatabase(), server.newDatabase()]);
    });
    afterAll(() => server.stop());
    // A relay publishes whatever its outbox holds, so unique data alone would not part the tests.
    beforeEach(() => Promise.all([clear(source), clear(target)]));
    afterEach(async () => {
      await Promise.all(running.splice(0).map((each) => each.stop()));
    });

    async function run(
      options: Omit<Parameters<typeof runProcess>[0], 'bus' | 'source' | 'target'> = {},
    ): Promise<RunningProcess> {
      const started = await runProcess({ bus: shape.newBus(), source, target, ...options });
      running.push(started);
      return started;
    }

    test('each event is applied once, per aggregate in the order of commits, under concurrency', async () => {
      await run();
      const houses = ['h1', 'h2', 'h3', 'h4'];
      const writers = [...houses, ...houses];
      await Promise.all(writers.map((house) => changeTimes(source, house, 6)));
      await expectApplied(target, Object.fromEntries(houses.map((house) => [house, upTo(12)])));
      await allPublished(source);
    });

    test('several events of one transaction keep their order and arrive as they were written', async () => {
      const seen: unknown[] = [];
      await run({ onStep: (_, event) => void seen.push(event) });
      const occurredAt = new Date('2024-02-29T12:00:00.123Z');
      const events = await source.inTransaction((tx) =>
        appendEvents(
          tx,
          upTo(5).map((step) => ({
            type: 'town.house.moved',
            aggregateId: 'h1',
            occurredAt,
            payload: { step, note: 'ß\u2028"\\', nested: [null, { deep: true }] },
          })),
        ),
      );
      await expectApplied(target, { h1: upTo(5) });
      expect(seen).toEqual(events);
      expect(events[0]).toMatchObject({ source: 'town', id: expect.stringMatching(/^evt_/) });
    });

    test('a transaction that rolls back publishes nothing', async () => {
      await run();
      const failing = source.inTransaction(async (tx) => {
        const event = { aggregateId: 'h1', occurredAt: new Date(), payload: { step: 1 } };
        await appendEvents(tx, [{ type: 'town.house.moved', ...event }]);
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      await change(source, 'h2');
      await expectApplied(target, { h2: [1] });
      expect(await source.client.outboxEvent.count()).toBe(1);
    });

    test('an event whose transaction commits late is not skipped by later positions', async () => {
      await run();
      const hold = Promise.withResolvers<void>();
      const appended = Promise.withResolvers<void>();
      const late = source.inTransaction(async (tx) => {
        const event = { aggregateId: 'late', occurredAt: new Date(), payload: { step: 1 } };
        await appendEvents(tx, [{ type: 'town.house.moved', ...event }]);
        appended.resolve();
        await hold.promise;
      });
      await appended.promise;
      await changeTimes(source, 'early', 3);
      await expectApplied(target, { early: [1, 2, 3] });
      await allPublished(source);
      hold.resolve();
      await late;
      await expectApplied(target, { early: [1, 2, 3], late: [1] });
    });

    test('an event that comes again is not applied again', async () => {
      const { bus } = await run();
      const [event] = await change(source, 'h1');
      if (!event) throw new Error('nothing was appended');
      await expectApplied(target, { h1: [1] });
      await bus.publish([event, event]);
      await bus.publish([event]);
      await change(source, 'h1');
      await expectApplied(target, { h1: [1, 2] });
    });

    test('an event whose handler fails is delivered again and leaves no trace of its failures', async () => {
      let failures = 0;
      await run({
        onStep: ({ step }) => {
          if (step === 2 && failures < 3) {
            failures += 1;
            throw new Error('not yet');
          }
        },
      });
      await changeTimes(source, 'h1', 4);
      await expectApplied(target, { h1: upTo(4) });
      expect(failures).toBe(3);
      expect(await target.client.parkedEvent.count()).toBe(0);
    });

    test('a poison event is parked with those behind it, others go on, a re-drive applies all in order', async () => {
      let isPoisonous = true;
      const followed: string[] = [];
      const finance = await run({
        afterwards: async ({ aggregateId }) => void followed.push(aggregateId),
        onStep: ({ aggregateId, step }) => {
          if (isPoisonous && aggregateId === 'bad' && step === 2) throw new Error('poison');
        },
      });
      const bad = changeTimes(source, 'bad', 4);
      await Promise.all([bad, changeTimes(source, 'good', 20)]);
      await expectApplied(target, { bad: [1], good: upTo(20) });
      await eventually(async () => expect(await target.client.parkedEvent.count()).toBe(3));
      const parked = await target.client.parkedEvent.findMany({ orderBy: { position: 'asc' } });
      expect(parked).toMatchObject([
        { payload: { step: 2 }, error: 'Error: poison', attempts: MAX_ATTEMPTS },
        { payload: { step: 3 }, error: expect.stringContaining('Waits behind'), attempts: 0 },
        { payload: { step: 4 }, error: expect.stringContaining('Waits behind'), attempts: 0 },
      ]);
      await allPublished(source);

      expect(await finance.retryParked()).toEqual({ applied: 0, failedAggregates: ['bad'] });
      const stillFirst = await target.client.parkedEvent.findFirst({
        orderBy: { position: 'asc' },
      });
      expect(stillFirst).toMatchObject({ payload: { step: 2 }, attempts: MAX_ATTEMPTS + 1 });

      isPoisonous = false;
      const before = followed.filter((id) => id === 'bad').length;
      expect(await finance.retryParked()).toEqual({ applied: 3, failedAggregates: [] });
      expect(followed.filter((id) => id === 'bad')).toHaveLength(before + 3);
      await change(source, 'bad');
      await expectApplied(target, { bad: upTo(5), good: upTo(20) });
      expect(await target.client.parkedEvent.count()).toBe(0);
    });

    test('an event that arrives during a re-drive of its aggregate is applied after it', async () => {
      let isPoisonous = true;
      const redriving = Promise.withResolvers<void>();
      const hold = Promise.withResolvers<void>();
      const finance = await run({
        onStep: async ({ step }) => {
          if (step !== 1) return;
          if (isPoisonous) throw new Error('poison');
          redriving.resolve();
          await hold.promise;
        },
      });
      await change(source, 'h1');
      await eventually(async () => expect(await target.client.parkedEvent.count()).toBe(1));
      isPoisonous = false;
      const redrive = finance.retryParked();
      await redriving.promise;
      await change(source, 'h1');
      await eventually(async () => {
        // The delivery of step 2 waits for the lock of the re-drive.
        const [row] = await target.client.$queryRaw<{ waiting: bigint }[]>`
          SELECT count(*) AS waiting FROM pg_locks WHERE NOT granted`;
        expect(row?.waiting).toBe(1n);
      });
      hold.resolve();
      await redrive;
      await expectApplied(target, { h1: [1, 2] });
      expect(await target.client.parkedEvent.count()).toBe(0);
    });

    test('every consumer gets every event of the types it handles', async () => {
      const bus = shape.newBus();
      const seen: string[] = [];
      bus.subscribe({
        consumer: 'content',
        types: ['town.house.sold', 'village.house.moved'],
        deliver: async ({ type }) => void seen.push(type),
      });
      running.push(await runProcess({ bus, source, target }));
      await change(source, 'h1');
      await change(source, 'h1', 'town.house.sold');
      await change(source, 'h2', 'village.house.moved');
      await change(source, 'h2', 'village.house.painted');
      await eventually(async () => {
        expect(seen.sort()).toEqual(['town.house.sold', 'village.house.moved']);
      });
      await expectApplied(target, { h1: [1] });
      await allPublished(source);
    });

    test('a consumer that starts later gets what it missed', async () => {
      await changeTimes(source, 'h1', 3);
      await run();
      await expectApplied(target, { h1: [1, 2, 3] });
    });

    test('closing lets a running delivery finish; what waits behind it comes in the next process', async () => {
      const delivering = Promise.withResolvers<void>();
      const hold = Promise.withResolvers<void>();
      const { bus } = await run({
        onStep: () => {
          delivering.resolve();
          return hold.promise;
        },
      });
      await changeTimes(source, 'h1', 3);
      await delivering.promise;
      const closed = bus.close();
      hold.resolve();
      await closed;
      expect(await applied(target)).toEqual({ h1: [1] });
      await running.splice(0)[0]?.stop();
      await run();
      await expectApplied(target, { h1: [1, 2, 3] });
    });

    test('one that may join late takes part from then on', async () => {
      const { bus } = await run();
      const seen: string[] = [];
      bus.subscribe({
        consumer: 'newcomer',
        types: ['village.*'],
        mayJoinLate: true,
        deliver: async ({ aggregateId }) => void seen.push(aggregateId),
      });
      await change(source, 'h7', 'village.house.moved');
      await eventually(async () => expect(seen).toEqual(['h7']));
    });

    test('a consumer cannot subscribe twice, nor, as a rule, once events flow', async () => {
      const bus = shape.newBus();
      const subscription = { consumer: randomUUID(), types: [], deliver: async () => undefined };
      bus.subscribe(subscription);
      expect(() => bus.subscribe(subscription)).toThrow('subscribed already');
      await bus.start();
      expect(() => bus.subscribe({ ...subscription, consumer: 'late' })).toThrow('was started');
      await bus.close();
    });
  });
}
