import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { httpTransport } from './http.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

/** A server of bare bytes: answers every request with these pieces, then leaves it or ends. */
async function answering(
  answer: (socket: Socket) => void,
): Promise<{ origin: string; server: Server }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (piece) => {
      // Ends with the body of the only kind of request that is sent here.
      if (piece.toString('latin1').endsWith('{}')) answer(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { origin: `http://127.0.0.1:${port}`, server };
}

function clientOf(
  origin: string,
  options: Parameters<typeof createHttpClient>[1] = {},
): HttpClient {
  const client = createHttpClient(origin, { connections: 1, ...options });
  cleanups.push(() => client.close());
  return client;
}

const post = (signal: AbortSignal = new AbortController().signal) =>
  ({ method: 'POST', path: '/graphql', headers: [], body: '{}', signal }) as const;

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const CHUNKED = 'transfer-encoding: chunked\r\n';
const TEXT = '{"data":{"name":"é😀"}}';
const BYTES = Buffer.from(TEXT);

describe('a whole answer', () => {
  test.each<[string, (socket: Socket) => void]>([
    [
      'with its length, cut within a character',
      (socket) => {
        const cut = BYTES.indexOf(0xc3) + 1;
        socket.write(`${HEAD}content-length: ${BYTES.length}\r\n\r\n`);
        socket.write(BYTES.subarray(0, cut), () =>
          setImmediate(() => socket.write(BYTES.subarray(cut))),
        );
      },
    ],
    [
      'in chunks',
      (socket) => {
        socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n5\r\n`);
        socket.write(BYTES.subarray(0, 5));
        socket.write(`\r\n${(BYTES.length - 5).toString(16)}\r\n`);
        socket.write(Buffer.concat([BYTES.subarray(5), Buffer.from('\r\n0\r\n\r\n')]));
      },
    ],
    [
      'that ends with its connection',
      (socket) => socket.end(`${HEAD}connection: close\r\n\r\n${TEXT}`),
    ],
  ])('%s', async (_, answer) => {
    const { origin } = await answering(answer);
    const { status, contentType, text } = await clientOf(origin).send(post());
    expect({ status, contentType, text }).toEqual({
      status: 200,
      contentType: 'application/json',
      text: TEXT,
    });
  });
});

describe('no answer', () => {
  test.each<[string, (socket: Socket) => void]>([
    ['shorter than it says', (socket) => socket.end(`${HEAD}content-length: 1000\r\n\r\n${TEXT}`)],
    [
      'with headers beyond measure',
      (socket) => socket.write(`${HEAD}x: ${'y'.repeat(100_000)}\r\n\r\n`),
    ],
    ['that is not HTTP', (socket) => socket.write('hello\r\n\r\n')],
    [
      'with two lengths',
      (socket) => socket.write(`${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`),
    ],
    [
      'with a length and in chunks',
      (socket) => socket.write(`${HEAD}content-length: 2\r\n${CHUNKED}\r\n2\r\n{}\r\n0\r\n\r\n`),
    ],
    [
      'in chunks of chunks',
      (socket) => socket.write(`${HEAD}${CHUNKED}${CHUNKED}\r\n2\r\n{}\r\n0\r\n\r\n`),
    ],
    [
      'with a chunk longer than its size',
      (socket) => socket.write(`${HEAD}${CHUNKED}\r\n2\r\n{}[]0\r\n\r\n`),
    ],
    [
      'with a line of a chunk beyond measure',
      (socket) => socket.write(`${HEAD}${CHUNKED}\r\n2;${'x'.repeat(2_000)}\r\n{}\r\n0\r\n\r\n`),
    ],
    ['of a connection that ends', (socket) => socket.end()],
  ])('%s', async (_, answer) => {
    const { origin } = await answering(answer);
    await expect(clientOf(origin).send(post())).rejects.toThrow();
  });

  test.each([
    ['by its length', `content-length: 11\r\n\r\n"${'y'.repeat(9)}"`],
    ['by its chunks', `${CHUNKED}\r\n5\r\n"yyyy\r\n6\r\nyyyyy"\r\n0\r\n\r\n`],
  ])('longer than it may be, %s', async (_, rest) => {
    const { origin } = await answering((socket) => socket.write(`${HEAD}${rest}`));
    const client = clientOf(origin, { maxResponseBytes: 10 });
    await expect(client.send(post())).rejects.toThrow('too long');
  });

  test('to a request whose header would begin another one: it is not sent', async () => {
    const { origin } = await answering((socket) => socket.end());
    const headers = ['x-request-id', 'r\r\nx-viewer: somebody'];
    const sent = clientOf(origin).send({ ...post(), headers });
    await expect(sent).rejects.toThrow('x-request-id cannot be sent');
  });

  test('compressed though nobody asked for it is a coded failure', async () => {
    const packed = gzipSync(TEXT);
    const { origin } = await answering((socket) => {
      socket.write(`${HEAD}content-encoding: gzip\r\ncontent-length: ${packed.length}\r\n\r\n`);
      socket.write(packed);
    });
    const transport = httpTransport({
      name: 'one',
      url: `${origin}/graphql`,
      secret: 's'.repeat(32),
    });
    cleanups.push(() => transport.close());
    const { signal } = new AbortController();
    const request = { query: '{ a }', json: '{}' };
    const caller = { viewer: { type: 'anonymous' }, requestId: 'request-1', signal } as const;
    await expect(transport.execute(request, caller)).rejects.toMatchObject({
      code: 'SUBGRAPH_UNAVAILABLE',
    });
  });
});

describe('a caller that leaves', () => {
  test('ends what the server is doing for it', async () => {
    const arrived = Promise.withResolvers<Socket>();
    const { origin } = await answering((socket) => arrived.resolve(socket));
    const left = new AbortController();
    const answer = clientOf(origin).send(post(left.signal));
    const socket = await arrived.promise;
    const closed = once(socket, 'close');
    left.abort(new Error('left'));
    await expect(answer).rejects.toThrow('left');
    await closed;
  });

  test('while it waits for a connection is never sent', async () => {
    const sockets: Socket[] = [];
    const { origin } = await answering((socket) => sockets.push(socket));
    const client = clientOf(origin);
    const first = client.send(post());
    const left = new AbortController();
    const second = client.send(post(left.signal));
    left.abort(new Error('left'));
    await expect(second).rejects.toThrow('left');
    await expect.poll(() => sockets.length).toBe(1);
    sockets[0]?.write(`${HEAD}content-length: 2\r\n\r\n{}`);
    expect((await first).status).toBe(200);
    const third = client.send(post());
    // The connection's next request is the third: the second was not among them.
    await expect.poll(() => sockets.length).toBe(2);
    sockets[1]?.write(`${HEAD}content-length: 2\r\n\r\n[]`);
    expect((await third).text).toBe('[]');
    expect(sockets).toHaveLength(2);
  });
});
