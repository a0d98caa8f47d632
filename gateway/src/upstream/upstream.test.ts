import { CivitasError, type ErrorCode } from '@civitas/platform/errors';
import {
  ANONYMOUS,
  type RequestOrigin,
  type SubgraphRequest,
  type SubgraphTransport,
} from '@civitas/platform/subgraph';
import { describe, expect, test } from 'vitest';
import { silent } from '../testing/compose.ts';
import { unreachable } from '../testing/town-gateway.ts';
import { createUpstream, type UpstreamOptions } from './upstream.ts';

const READ: SubgraphRequest = { query: '{ shelf }' };
const WRITE: SubgraphRequest = { query: 'mutation { purge }' };

const origin = (signal = new AbortController().signal): RequestOrigin => ({
  viewer: ANONYMOUS,
  requestId: 'request-1',
  signal,
});

/** Answers with its name, or fails with the code it is told to. */
function address(name: string) {
  const asked: SubgraphRequest[] = [];
  const made = {
    asked,
    fails: undefined as ErrorCode | undefined,
    /** While it is set, answers wait for it. */
    until: undefined as Promise<unknown> | undefined,
  };
  const transport: SubgraphTransport = {
    ...unreachable,
    execute: async (request) => {
      asked.push(request);
      await made.until;
      if (made.fails) throw new CivitasError(made.fails);
      return { data: { name } };
    },
    ready: async () => {
      if (made.fails) throw new CivitasError(made.fails);
    },
  };
  return Object.assign(made, { transport });
}

function upstreamOf(
  addresses: readonly ReturnType<typeof address>[],
  options: Partial<UpstreamOptions> = {},
) {
  const time = { now: 0 };
  const upstream = createUpstream({
    name: 'library',
    transports: addresses.map(({ transport }) => transport),
    log: silent,
    now: () => time.now,
    ...options,
  });
  const outcome = (request = READ, from = origin()) =>
    upstream.execute(request, from).then(
      ({ data }) => data?.['name'],
      ({ code }: CivitasError) => code,
    );
  return { upstream, time, outcome };
}

describe('what brings no answer', () => {
  test('is sent once more to another address when it only reads', async () => {
    const [good, bad] = [address('good'), address('bad')];
    bad.fails = 'SUBGRAPH_UNAVAILABLE';
    const { outcome, upstream } = upstreamOf([good, bad]);
    for (let sent = 0; sent < 10; sent++) expect(await outcome()).toBe('good');
    // Three failures, then it is left out.
    expect(bad.asked).toHaveLength(3);
    expect(upstream.state()).toMatchObject({ ejected: 1, retries: 3, breaker: 'closed' });
  });

  test('comes back into use when its pause is over and it answers', async () => {
    const [good, bad] = [address('good'), address('bad')];
    bad.fails = 'SUBGRAPH_UNAVAILABLE';
    const { outcome, time, upstream } = upstreamOf([good, bad]);
    for (let sent = 0; sent < 10; sent++) await outcome();
    bad.fails = undefined;
    time.now = 1_000;
    expect([await outcome(), await outcome()].sort()).toEqual(['bad', 'good']);
    expect(upstream.state().ejected).toBe(0);
  });

  test('is not sent to the same address again because the other one has more to do', async () => {
    const [good, bad] = [address('good'), address('bad')];
    const hangs = Promise.withResolvers<void>();
    good.until = hangs.promise;
    const { outcome, upstream } = upstreamOf([good, bad]);
    expect(await outcome()).toBe('bad');
    const first = outcome();
    bad.fails = 'SUBGRAPH_UNAVAILABLE';
    const second = outcome();
    await expect.poll(() => upstream.state().retries).toBe(1);
    hangs.resolve();
    expect(await Promise.all([first, second])).toEqual(['good', 'good']);
    expect(bad.asked).toHaveLength(2);
  });

  test('is sent once more to the only address, and no more than that', async () => {
    const only = address('only');
    only.fails = 'SUBGRAPH_UNAVAILABLE';
    expect(await upstreamOf([only]).outcome()).toBe('SUBGRAPH_UNAVAILABLE');
    expect(only.asked).toHaveLength(2);
  });

  test.each<[string, SubgraphRequest, ErrorCode]>([
    ['a mutation', WRITE, 'SUBGRAPH_UNAVAILABLE'],
    ['a mutation with a name', { query: 'mutation M { purge }' }, 'SUBGRAPH_UNAVAILABLE'],
    ['what took too long', READ, 'SUBGRAPH_TIMEOUT'],
  ])('is never sent again: %s', async (_, request, code) => {
    const [one, two] = [address('one'), address('two')];
    one.fails = code;
    two.fails = code;
    expect(await upstreamOf([one, two]).outcome(request)).toBe(code);
    expect(one.asked.length + two.asked.length).toBe(1);
  });
});

test('the busiest address gets no more', async () => {
  const [one, two] = [address('one'), address('two')];
  const hangs = Promise.withResolvers<void>();
  one.until = hangs.promise;
  const { outcome } = upstreamOf([one, two]);
  const first = [outcome(), outcome()];
  for (let sent = 0; sent < 5; sent++) expect(await outcome()).toBe('two');
  hangs.resolve();
  expect((await Promise.all(first)).sort()).toEqual(['one', 'two']);
});

describe('the circuit', () => {
  async function opened() {
    const only = address('only');
    only.fails = 'SUBGRAPH_UNAVAILABLE';
    const made = { only, ...upstreamOf([only]) };
    for (let sent = 0; sent < 20; sent++) await made.outcome(WRITE);
    expect(made.upstream.state().breaker).toBe('open');
    return made;
  }

  test('opens after twenty failures: nobody is asked, and the answer comes at once', async () => {
    const { only, outcome } = await opened();
    expect(await outcome()).toBe('SUBGRAPH_UNAVAILABLE');
    expect(only.asked).toHaveLength(20);
  });

  test('lets one request through later, and closes when it is answered', async () => {
    const { only, outcome, time, upstream } = await opened();
    only.fails = undefined;
    const answer = Promise.withResolvers<void>();
    only.until = answer.promise;
    time.now = 5_000;
    const probe = outcome();
    expect(await outcome()).toBe('SUBGRAPH_UNAVAILABLE');
    answer.resolve();
    expect(await probe).toBe('only');
    expect(upstream.state().breaker).toBe('closed');
    expect(await outcome()).toBe('only');
  });

  test('is not moved by clients that leave, and no address is, but by deadlines that pass', async () => {
    const only = address('only');
    only.fails = 'SUBGRAPH_UNAVAILABLE';
    const { upstream, outcome } = upstreamOf([only]);
    for (let sent = 0; sent < 30; sent++) await outcome(READ, origin(AbortSignal.abort()));
    expect(upstream.state()).toMatchObject({ breaker: 'closed', ejected: 0, retries: 0 });
    const passed = AbortSignal.abort(new DOMException('late', 'TimeoutError'));
    for (let sent = 0; sent < 20; sent++) await outcome(READ, origin(passed));
    expect(upstream.state().breaker).toBe('open');
  });

  test('does not count GraphQL errors: the subgraph did answer', async () => {
    const only = address('only');
    const transport = {
      ...only.transport,
      execute: async () => ({ errors: [{ message: 'no' }], data: null }),
    };
    const upstream = createUpstream({ name: 'library', transports: [transport], log: silent });
    for (let sent = 0; sent < 30; sent++) await upstream.execute(READ, origin());
    expect(upstream.state().breaker).toBe('closed');
  });
});

describe('more than it may do at once', () => {
  test('waits in line; what comes after a full line is turned away with a code', async () => {
    const only = address('only');
    const hangs = Promise.withResolvers<void>();
    only.until = hangs.promise;
    const { outcome, upstream } = upstreamOf([only], {
      gate: { maxConcurrent: 2, maxWaiting: 1 },
    });
    const running = [outcome(), outcome()];
    const waiting = outcome();
    expect(await outcome()).toBe('SUBGRAPH_OVERLOADED');
    expect(upstream.state()).toMatchObject({ pending: 2, waiting: 1, breaker: 'closed' });
    hangs.resolve();
    expect(await Promise.all([...running, waiting])).toEqual(['only', 'only', 'only']);
    expect(upstream.state()).toMatchObject({ pending: 0, waiting: 0 });
  });

  test('waits no longer than it may', async () => {
    const only = address('only');
    const hangs = Promise.withResolvers<void>();
    only.until = hangs.promise;
    const { outcome } = upstreamOf([only], { gate: { maxConcurrent: 1, maxWaitMs: 10 } });
    const running = outcome();
    expect(await outcome()).toBe('SUBGRAPH_OVERLOADED');
    expect(await outcome(READ, origin(AbortSignal.abort()))).toBe('SUBGRAPH_TIMEOUT');
    hangs.resolve();
    expect(await running).toBe('only');
  });
});

test('a subgraph is ready when one of its addresses is', async () => {
  const [one, two] = [address('one'), address('two')];
  one.fails = 'SUBGRAPH_UNAVAILABLE';
  const { upstream } = upstreamOf([one, two]);
  await expect(upstream.ready()).resolves.toBeUndefined();
  two.fails = 'SUBGRAPH_UNAVAILABLE';
  await expect(upstream.ready()).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
});
