import { once } from 'node:events';
import { connect } from 'node:net';
import { stubSubgraph } from '@civitas/testkit/stub-subgraph';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createLogger } from '../../telemetry/index.ts';
import { signInternalToken, VIEWER_HEADER } from '../callers/internal-token.ts';
import { ANONYMOUS } from '../callers/viewer.ts';
import { executeOnSubgraph } from '../execution/execute-on-subgraph.ts';
import { LogOfRequest } from '../execution/request-log.ts';
import type { Subgraph } from '../types.ts';
import { serveSubgraph } from './serve-subgraph.ts';
import { CONNECTION_TEXT } from './socket-callers.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const SECRET = 'a secret for tests between the gateway and its subgraphs';

const subgraph = stubSubgraph({
  name: 'ones',
  sdl: 'type Query { one: Int }',
  resolvers: { Query: { one: () => 1 } },
});

async function serve(limits: Partial<Parameters<typeof serveSubgraph>[1]> = {}) {
  const at = { port: 0, host: '127.0.0.1', internalSecret: SECRET, log };
  const served = await serveSubgraph(subgraph, { ...at, ...limits });
  return { ...served, port: Number(new URL(served.url).port) };
}

const sign = (body: string) =>
  signInternalToken({ viewer: ANONYMOUS, requestId: 'request-1', audience: 'ones', body }, SECRET);

/** What is answered to these bytes until the connection ends. */
async function answerTo(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1', () => void socket.write(bytes));
  // Who is cut off while sending hears of it in this way, too.
  socket.on('error', () => undefined);
  let text = '';
  socket.on('data', (piece) => {
    text += piece.toString('latin1');
  });
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return text;
}

const POST = 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';

describe('a listener of a subgraph', () => {
  let port: number;
  let url: string;
  beforeAll(async () => {
    const served = await serve({ headersMs: 100, bodyMs: 100 });
    ({ port, url } = served);
    return served.close;
  });

  test.each([
    ['no byte of a request', ''],
    ['headers without an end', POST],
    ['headers without an end, of a WebSocket', 'GET /graphql HTTP/1.1\r\nupgrade: websocket\r\n'],
  ])('cuts off who sends %s', async (_, bytes) => {
    expect(await answerTo(port, bytes)).toMatch(/^HTTP\/1\.1 408/);
  });

  test('refuses headers of more than 16 KiB', async () => {
    const long = `${POST}x-long: ${'a'.repeat(17_000)}\r\n\r\n`;
    expect(await answerTo(port, long)).toMatch(/^HTTP\/1\.1 431/);
  });

  test('reads no byte of a body that nobody has signed for', async () => {
    const answer = await answerTo(port, `${POST}content-length: 9\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d/);
    expect(answer).toContain('INTERNAL_CALLER_REQUIRED');
  });

  test('waits for a signed body for its time, and no longer', async () => {
    const headers = `${POST}${VIEWER_HEADER}: ${await sign('{}')}\r\ncontent-length: 9\r\n\r\n`;
    const answer = await answerTo(port, `${headers}{`);
    expect(answer).toMatch(/^HTTP\/1\.1 408/);
    expect(answer).toContain('REQUEST_TIMEOUT');
  });

  test('gathers nothing on a WebSocket before it knows who is there', async () => {
    const socket = await opened(url);
    socket.send(`{"type":"connection_init","payload":{"a":"${'a'.repeat(20_000)}"}}`);
    expect((await once(socket, 'close'))[0]).toBe(1006);
    // Nor in pieces that are no message yet.
    const slow = await opened(url);
    for (let piece = 0; piece < 5; piece += 1) slow.send('a'.repeat(5_000), { fin: false });
    expect((await once(slow, 'close'))[0]).toBe(1006);
    const welcome = await opened(url);
    const payload = { [VIEWER_HEADER]: await sign(CONNECTION_TEXT) };
    welcome.send(JSON.stringify({ type: 'connection_init', payload }));
    expect(String((await once(welcome, 'message'))[0])).toContain('connection_ack');
    welcome.send(JSON.stringify({ type: 'ping', payload: { long: 'a'.repeat(100_000) } }));
    expect(String((await once(welcome, 'message'))[0]).length).toBeGreaterThan(100_000);
  });
});

test('a subgraph takes 8 MiB of a signed body, and no more', async () => {
  const { url, close } = await serve();
  onTestFinished(close);
  const token = await sign('{}');
  const body = Buffer.alloc(9 * 1024 * 1024, ' ');
  const sent = fetch(url, { method: 'POST', headers: { [VIEWER_HEADER]: token }, body });
  const answer = await sent.then(
    (response) => response.status,
    () => 'cut off while it was sent',
  );
  expect([413, 'cut off while it was sent']).toContain(answer);
});

test('a subgraph has so many connections and no more', async () => {
  const served = await serve({ maxConnections: 2 });
  onTestFinished(served.close);
  const held = [connect(served.port, '127.0.0.1'), connect(served.port, '127.0.0.1')];
  onTestFinished(() => held.forEach((socket) => void socket.destroy()));
  await Promise.all(held.map((socket) => once(socket, 'connect')));
  expect(await answerTo(served.port, '')).toBe('');
  held[0]?.destroy();
  const ask = () => fetch(served.url.replace('/graphql', '/health/live')).then(({ ok }) => ok);
  await expect.poll(() => ask().catch(() => false)).toBe(true);
});

test('a flood of failures is ten lines a second, and how many more there were', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = createLogger({ name: 'ones', level: 'info', destination });
  const fail = async () => {
    throw new Error('the password is hunter2');
  };
  const failing: Subgraph = {
    ...stubSubgraph({
      name: 'ones',
      sdl: 'type Query { one: Int }',
      resolvers: { Query: { one: fail } },
      routes: [{ method: 'GET', path: '/broken', handle: fail }],
    }),
    // As those of `defineSubgraph` have it.
    contextFor: (origin) => ({
      ...origin,
      now: () => new Date(),
      log: new LogOfRequest(log, origin.requestId),
    }),
  };
  const at = { port: 0, host: '127.0.0.1', internalSecret: SECRET, log };
  const { url, close } = await serveSubgraph(failing, at);
  onTestFinished(close);
  const { signal } = new AbortController();
  const ways: [string, (n: number) => Promise<unknown>][] = [
    [
      'unexpected failure',
      (n) =>
        executeOnSubgraph(
          failing,
          { query: '{ one }' },
          { viewer: ANONYMOUS, requestId: `request-${n}`, signal },
        ),
    ],
    ['request failed', () => fetch(new URL('/broken', url)).then((answer) => answer.text())],
  ];
  for (const [msg, ask] of ways) {
    for (let n = 0; n < 25; n += 1) await ask(n);
    expect(lines.map((line) => line['msg'])).toEqual(Array(10).fill(msg));
    const isOfRequest = msg === 'unexpected failure';
    expect(lines.at(-1)?.['requestId']).toBe(isOfRequest ? 'request-9' : undefined);
    vi.advanceTimersByTime(1_000);
    expect(lines.slice(10)).toMatchObject([{ msg: `${msg}, and more of it`, more: 15 }]);
    expect(lines[10]).not.toHaveProperty('requestId');
    lines.length = 0;
  }
});

async function opened(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  onTestFinished(() => socket.terminate());
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return socket;
}
