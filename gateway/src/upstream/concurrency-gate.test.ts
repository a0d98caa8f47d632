import { expect, test } from 'vitest';
import { createConcurrencyGate } from './concurrency-gate.ts';

const never = new AbortController().signal;

test('places are handed on in order of arrival, and never more than there are', async () => {
  const gate = createConcurrencyGate({ maxConcurrent: 2, maxWaiting: 9, maxWaitMs: 60_000 });
  expect([gate.tryEnter(), gate.tryEnter(), gate.tryEnter()]).toEqual([true, true, false]);
  const admitted: string[] = [];
  const first = gate.enter(never).then(() => admitted.push('first'));
  const second = gate.enter(never).then(() => admitted.push('second'));
  gate.leave();
  await first;
  expect(admitted).toEqual(['first']);
  // The place went to who waits; nobody can slip in.
  expect(gate.tryEnter()).toBe(false);
  gate.leave();
  await second;
  gate.leave();
  gate.leave();
  expect([gate.inside, gate.waiting]).toEqual([0, 0]);
  expect(gate.tryEnter()).toBe(true);
});

test('who is one too many, waits too long or leaves is turned away and holds no place', async () => {
  const gate = createConcurrencyGate({ maxConcurrent: 1, maxWaiting: 2, maxWaitMs: 20 });
  gate.tryEnter();
  const caller = new AbortController();
  const late = gate.enter(never);
  const leaving = gate.enter(caller.signal);
  expect(await gate.enter(never)).toBe(false);
  caller.abort();
  expect(await leaving).toBe(false);
  expect(await late).toBe(false);
  expect(await gate.enter(AbortSignal.abort())).toBe(false);
  gate.leave();
  expect([gate.inside, gate.waiting]).toEqual([0, 0]);
});
