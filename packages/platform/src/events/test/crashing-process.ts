// A process of ours that ends itself as `kill -9` would, at a given step of the way of an event:
// crashing-process.ts <source url> <target url> <redis url or -> <step>
import { openTestDatabase } from '../../../test/open-test-database.ts';
import { createInProcessBus, createRedisStreamsBus, type EventBus } from '../index.ts';
import type { CrashPoint } from './crash-points.ts';
import { log, runProcess } from './run-process.ts';

const [sourceUrl = '', targetUrl = '', redisUrl = '-', crashPoint] = process.argv.slice(2);
/** Some events get through before the crash, so that there is something to apply twice. */
const CRASH_AT_STEP = 3;

function crashAt(point: CrashPoint): void {
  if (point === crashPoint) process.kill(process.pid, 'SIGKILL');
}

const stepOf = (event: { payload: unknown }) => (event.payload as { step: number }).step;

function crashing(bus: EventBus): EventBus {
  return {
    ...bus,
    publish: async (events) => {
      const isTime = events.some((event) => stepOf(event) >= CRASH_AT_STEP);
      if (isTime) crashAt('before publish');
      await bus.publish(events);
      if (isTime) crashAt('after publish, before mark');
    },
    subscribe: (subscription) => {
      bus.subscribe({
        ...subscription,
        deliver: async (event, attempt) => {
          await subscription.deliver(event, attempt);
          if (stepOf(event) === CRASH_AT_STEP) crashAt('after commit, before acknowledgement');
        },
      });
    },
  };
}

await runProcess({
  bus: crashing(
    redisUrl === '-'
      ? createInProcessBus({ log })
      : createRedisStreamsBus({ redisUrl, log, leaseMs: 400 }),
  ),
  source: openTestDatabase(sourceUrl),
  target: openTestDatabase(targetUrl),
  onStep: ({ step }) => {
    if (step === CRASH_AT_STEP) crashAt('after handler, before commit');
  },
});
process.stdout.write('running\n');
