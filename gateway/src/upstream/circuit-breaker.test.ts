import { describe, expect, test } from 'vitest';
import { type BreakerState, createCircuitBreaker } from './circuit-breaker.ts';

/** A breaker and what is sent through it. */
function scene() {
  let now = 1_000;
  const states: BreakerState[] = [];
  const breaker = createCircuitBreaker(undefined, (state) => states.push(state));
  const times = (count: number, act: () => void) => {
    for (let done = 0; done < count; done++) act();
  };
  return {
    breaker,
    states,
    pass: (ms: number) => {
      now += ms;
    },
    admits: () => breaker.admits(now),
    state: () => breaker.state(now),
    succeed: (count = 1) => times(count, () => breaker.succeeded(now)),
    fail: (count = 1) => times(count, () => breaker.failed(now)),
  };
}

test('opens at half of twenty answers, not before', () => {
  const { succeed, fail, state, admits } = scene();
  succeed(10);
  fail(9);
  expect(state()).toBe('closed');
  fail();
  expect(state()).toBe('open');
  expect(admits()).toBe(false);
});

test('few answers say nothing, however bad', () => {
  const { fail, admits } = scene();
  fail(19);
  expect(admits()).toBe(true);
});

test('less than half is borne for ever', () => {
  const { succeed, fail, pass, state } = scene();
  for (let second = 0; second < 60; second++) {
    succeed(11);
    fail(10);
    pass(500);
  }
  expect(state()).toBe('closed');
});

test('forgets what is older than its window', () => {
  const { fail, pass, state } = scene();
  fail(19);
  pass(11_000);
  fail();
  expect(state()).toBe('closed');
  pass(5_000);
  fail(19);
  expect(state()).toBe('open');
});

describe('when it has been open for five seconds', () => {
  const opened = () => {
    const made = scene();
    made.fail(20);
    made.pass(4_999);
    expect(made.admits()).toBe(false);
    made.pass(1);
    expect(made.state()).toBe('half-open');
    expect(made.admits()).toBe(true);
    return made;
  };

  test('one request probes, nobody else', () => {
    const { admits, pass } = opened();
    expect(admits()).toBe(false);
    pass(60_000);
    expect(admits()).toBe(false);
  });

  test('a probe that succeeds closes it with a clean slate', () => {
    const { succeed, fail, state, states } = opened();
    succeed();
    fail(19);
    expect(state()).toBe('closed');
    expect(states).toEqual(['open', 'half-open', 'closed']);
  });

  test('a probe that fails opens it for another five seconds', () => {
    const { fail, pass, admits, states } = opened();
    fail();
    pass(4_999);
    expect(admits()).toBe(false);
    pass(1);
    expect(admits()).toBe(true);
    expect(states).toEqual(['open', 'half-open', 'open', 'half-open']);
  });

  test('a probe whose caller leaves gives its turn to the next request', () => {
    const { breaker, admits } = opened();
    breaker.gaveUp();
    expect(admits()).toBe(true);
  });
});

test('what was sent before it opened neither closes it nor keeps it open', () => {
  const { succeed, fail, pass, state } = scene();
  fail(20);
  pass(4_000);
  succeed(100);
  fail(200);
  expect(state()).toBe('open');
  pass(1_000);
  expect(state()).toBe('half-open');
});
