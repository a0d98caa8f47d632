import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createPlanningQueue } from './planning-queue.ts';

/** Work that takes a while by a clock of its own. */
function clocked() {
  const time = { now: 0 };
  const takes = (ms: number) => () => {
    time.now += ms;
    return time.now;
  };
  return { time, takes, now: () => time.now };
}

test('callers take turns, however much each of them wants', async () => {
  const queue = createPlanningQueue();
  const done: string[] = [];
  const wanted = ['a', 'a', 'a', 'a', 'b', 'b', 'c'];
  await Promise.all(wanted.map((caller) => queue.run(caller, () => done.push(caller))));
  expect(done.join('')).toBe('aabcaba');
});

test('others run between any two of them', async () => {
  const queue = createPlanningQueue();
  const order: string[] = [];
  const plans = [1, 2, 3].map((each) => queue.run('a', () => order.push(`plan ${each}`)));
  for (let turn = 0; turn < 3; turn++) {
    order.push('other');
    await nextTurn();
  }
  await Promise.all(plans);
  const between = order.join().match(/plan \d,plan/);
  expect(between).toBeNull();
});

test('after a long one the processor is others’ for as long', async () => {
  const queue = createPlanningQueue();
  const busy = (ms: number) => () => {
    const startedAt = performance.now();
    while (performance.now() < startedAt + ms);
    return { startedAt, endedAt: performance.now() };
  };
  const [one, two] = await Promise.all([queue.run('a', busy(60)), queue.run('a', busy(1))]);
  const restMs = (two?.startedAt ?? 0) - (one?.endedAt ?? 0);
  expect(restMs).toBeGreaterThan(50);
});

test('who wants too many at once is turned away, and others are not', async () => {
  const { takes, now } = clocked();
  const queue = createPlanningQueue({ maxWaitingPerCaller: 2, maxWaiting: 3, now });
  const code = (caller: string) =>
    queue.run(caller, takes(1)).then(
      () => 'done',
      (error: { code: string }) => error.code,
    );
  const codes = await Promise.all(['a', 'a', 'a', 'a', 'b', 'c'].map(code));
  expect(codes).toEqual(['done', 'done', 'done', 'RATE_LIMITED', 'done', 'SERVICE_UNAVAILABLE']);
  expect(await code('c')).toBe('done');
});

test('work that fails fails its own caller only', async () => {
  const queue = createPlanningQueue();
  const fails = queue.run('a', () => {
    throw new Error('no plan');
  });
  const next = queue.run('a', () => 'plan');
  await expect(fails).rejects.toThrow('no plan');
  expect(await next).toBe('plan');
});

test('what nobody waits for any more is not done when its turn comes', async () => {
  const queue = createPlanningQueue();
  const done: number[] = [];
  const left = new Set([1, 2]);
  const wanted = [0, 1, 2, 3].map((each) =>
    queue.run(
      'a',
      () => done.push(each),
      () => left.has(each),
    ),
  );
  const outcomes = await Promise.allSettled(wanted);
  expect(outcomes.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'fulfilled',
  ]);
  expect(done).toEqual([0, 3]);
});

test('nobody is turned away for what was abandoned', async () => {
  const queue = createPlanningQueue({ maxWaitingPerCaller: 2, maxWaiting: 3 });
  let hasLeft = false;
  const nothing = () => undefined;
  const abandoned = ['a', 'a', 'a', 'b'].map((caller) => queue.run(caller, nothing, () => hasLeft));
  const outcomes = Promise.allSettled(abandoned);
  await expect(queue.run('a', nothing)).rejects.toThrow();
  hasLeft = true;
  expect(await queue.run('a', () => 'done')).toBe('done');
  expect((await outcomes).filter(({ status }) => status === 'rejected')).toHaveLength(3);
});
