import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  ANONYMOUS,
  createPushIterator,
  isStream,
  type PushIterator,
} from '@civitas/platform/subgraph';
import type { FormattedExecutionResult } from 'graphql';
import { expect, onTestFinished, test } from 'vitest';
import { createGateway } from '../create-gateway.ts';
import { compose, miniSubgraph, silent } from '../testing/compose.ts';
import { NUMBERS_SDL } from '../testing/numbers.ts';
import { post } from '../testing/opened-gateway.ts';
import { acknowledgedSocket, subscribeMessage } from '../testing/socket-client.ts';
import { connectSubgraph } from './connect-subgraph.ts';
import { subscribeResuming } from './subscribe-resuming.ts';

const SECRET = 'a secret that is long enough to be one';
const ENTRY = fileURLToPath(new URL('../testing/numbers-process.ts', import.meta.url));
const READERS = 150;
/** Readers that ask for the same share a source. */
const SOURCES = 10;
const COUNTED = 'subscription ($from: Int!) { counted(from: $from) }';

/** A process that is there and listens when it is told where. */
function numbersProcess() {
  const child: ChildProcess = spawn(process.execPath, [ENTRY, SECRET], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout as NonNullable<typeof child.stdout> });
  const say = (line: string) => void child.stdin?.write(`${line}\n`);
  return {
    say,
    listen: async (port: number) => {
      const listening = once(lines, 'line');
      say(String(port));
      return String((await listening)[0]).replace('listening ', '');
    },
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function opened(url: string) {
  const supergraphSdl = compose([miniSubgraph('numbers', NUMBERS_SDL, {})]);
  const upstream = connectSubgraph({ name: 'numbers', urls: [url], secret: SECRET, log: silent });
  const gateway = await createGateway({
    supergraphSdl,
    transports: new Map([['numbers', upstream]]),
    verifyAccessToken: async () => ({ type: 'anonymous' }),
    log: silent,
    introspection: false,
  });
  onTestFinished(() => gateway.stop());
  return gateway.listen({ port: 0, host: '127.0.0.1' });
}

/** What one client of `counted` has seen so far. */
async function reader(url: string, from: number, query = COUNTED) {
  const client = await acknowledgedSocket(url);
  const seen: unknown[] = [];
  client.socket.on('message', (data: Buffer) => {
    const { type, payload } = JSON.parse(data.toString());
    seen.push(payload?.data?.counted ?? payload?.data?.told ?? type);
  });
  client.send(subscribeMessage('1', query, query === COUNTED ? { variables: { from } } : {}));
  return { from, seen, client };
}

test('a subgraph that is killed and comes back is gone on with: 150 readers see every event once', async () => {
  const [first, second] = [numbersProcess(), numbersProcess()];
  const source = await first.listen(0);
  const { url } = await opened(source);
  const readers = await Promise.all(
    Array.from({ length: READERS }, (_, index) => reader(url, (index % SOURCES) * 1000)),
  );
  const everybodyHas = (count: number) =>
    expect
      .poll(() => Math.min(...readers.map(({ seen }) => seen.length)), { timeout: 20_000 })
      .toBeGreaterThanOrEqual(count);
  await everybodyHas(1);
  for (let step = 0; step < 5; step++) first.say('next');
  await everybodyHas(4);
  await first.kill();
  await second.listen(Number(new URL(source).port));
  const before = Math.max(...readers.map(({ seen }) => seen.length));
  await everybodyHas(before + 1);
  second.say('next');
  await everybodyHas(before + 2);
  for (const { from, seen, client } of readers) {
    expect(seen).toEqual(seen.map((_, index) => from + index + 1));
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  }
});

test('a source without a cursor ends with a code instead of going on with a gap', async () => {
  const numbers = numbersProcess();
  const { url } = await opened(await numbers.listen(0));
  const client = await acknowledgedSocket(url);
  client.send(subscribeMessage('1', 'subscription { happened }'));
  expect(await client.next()).toMatchObject({ payload: { data: { happened: 1 } } });
  await numbers.kill();
  expect(await client.next()).toMatchObject({
    payload: { errors: [{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }] },
  });
  expect(await client.next()).toEqual({ id: '1', type: 'complete' });
});

test('what is told from now on has one source for all who come, which is started again with a gap', async () => {
  const [first, second] = [numbersProcess(), numbersProcess()];
  const source = await first.listen(0);
  const { url } = await opened(source);
  const sources = async () => {
    const answer = await post(url, { query: '{ sources }' });
    return ((await answer.json()) as { data: { sources: number } }).data.sources;
  };
  const TOLD = 'subscription { told }';
  const early = await reader(url, 0, TOLD);
  await expect.poll(sources).toBe(1);
  first.say('next');
  await expect.poll(() => early.seen).toEqual([1]);
  // Comes after the first event, and is served by the same source all the same.
  const late = await reader(url, 0, TOLD);
  await expect
    .poll(async () => {
      first.say('next');
      return late.seen.length;
    })
    .toBeGreaterThan(0);
  expect(await sources()).toBe(1);
  await first.kill();
  await second.listen(Number(new URL(source).port));
  for (const { seen } of [early, late]) {
    await expect.poll(() => seen.at(-1), { timeout: 10_000 }).toBe(0);
  }
  second.say('next');
  for (const { seen, client } of [early, late]) {
    await expect.poll(() => seen.slice(-2)).toEqual([0, 1]);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  }
});

/** A source that is started by the test, tells what it is told, and is lost. */
async function resuming() {
  const asked: unknown[] = [];
  const sources: PushIterator<FormattedExecutionResult>[] = [];
  const leaving = new AbortController();
  const origin = { viewer: ANONYMOUS, requestId: 'request-1', signal: leaving.signal };
  const stream = await subscribeResuming(origin, {
    start: async ({ resumeAfter }) => {
      asked.push(resumeAfter);
      const source = createPushIterator<FormattedExecutionResult>();
      sources.push(source);
      return source;
    },
    onLost: () => undefined,
  });
  if (!isStream(stream)) throw new Error('It has not started.');
  const tell = (result: FormattedExecutionResult) => sources.at(-1)?.push(result);
  const lose = () => {
    const lost = { message: 'lost', extensions: { code: 'SUBGRAPH_UNAVAILABLE' } };
    tell({ errors: [lost] });
    sources.at(-1)?.end();
  };
  return { stream, asked, sources, tell, lose, leave: () => leaving.abort() };
}

test('a source that is lost again before it has told anything goes on after the same event', async () => {
  const { stream, asked, tell, lose } = await resuming();
  const opening = { extensions: { fromNowOn: true } };
  const event = { data: { n: 1 }, extensions: { cursor: '1' } };
  for (const result of [opening, event]) {
    tell(result);
    expect((await stream.next()).value).toEqual(result);
  }
  for (let time = 1; time <= 2; time += 1) {
    lose();
    const next = stream.next();
    await expect.poll(() => asked.length).toBe(time + 1);
    tell(opening);
    expect((await next).value).toEqual(opening);
  }
  expect(asked).toEqual([undefined, '1', '1']);
});
