import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import {
  createServer as createTlsServer,
  getCACertificates,
  setDefaultCACertificates,
} from 'node:tls';
import { ANONYMOUS, type RequestOrigin } from '@civitas/platform/subgraph';
import { afterEach, describe, expect, test } from 'vitest';
import { silent } from '../../testing/compose.ts';
import { localhostCertificate } from '../../testing/localhost-certificate.ts';
import { connectSubgraph } from '../../upstream/connect-subgraph.ts';
import { createHttpClient } from './http-client.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

/** One connection as its server sees it: which of the server's it is, and what it was asked. */
interface Seen {
  readonly socket: Socket;
  readonly connection: number;
  /** Of this connection, from 1. */
  readonly request: number;
}

/** A server of bare bytes that is told of every request. */
async function serving(onRequest: (seen: Seen) => void) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const connection = sockets.push(socket);
    let request = 0;
    socket.on('error', () => undefined);
    socket.on('data', (piece) => {
      // Every request that is sent here ends so.
      if (!piece.toString('latin1').endsWith('}')) return;
      request += 1;
      onRequest({ socket, connection, request });
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
  return { origin: `http://127.0.0.1:${port}`, sockets };
}

const answer = (json: string, headers = '') =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${headers}content-length: ${json.length}\r\n\r\n${json}`;
const nobodyLeaves = new AbortController().signal;
const post = { method: 'POST', path: '/', headers: [], body: '{}', signal: nobodyLeaves } as const;
const caller: RequestOrigin = { viewer: ANONYMOUS, requestId: 'r1', signal: nobodyLeaves };

function clientOf(origin: string, options: Parameters<typeof createHttpClient>[1] = {}) {
  const client = createHttpClient(origin, options);
  cleanups.push(() => client.close());
  return client;
}

describe('a server that closes kept connections just when they are used again', () => {
  const KEPT = 3;

  /** Answers the first request of every connection, and the first so many only together. */
  async function subgraph() {
    const waiting: Socket[] = [];
    const asked = { again: 0, connections: 0 };
    const { origin, sockets } = await serving(({ socket, request }) => {
      asked.connections = sockets.length;
      if (request > 1) {
        asked.again += 1;
        socket.destroy();
        return;
      }
      waiting.push(socket);
      if (sockets.length < KEPT) return;
      for (const each of waiting.splice(0)) each.write(answer('{"data":{"is":"well"}}'));
    });
    const upstream = connectSubgraph({
      name: 'one',
      urls: [`${origin}/graphql`],
      secret: 's'.repeat(32),
      log: silent,
    });
    cleanups.push(() => upstream.close());
    const ask = (query: string) => upstream.execute({ query, json: '{}' }, caller);
    await Promise.all(Array.from({ length: KEPT }, () => ask('{ is }')));
    expect(asked).toEqual({ again: 0, connections: KEPT });
    return { ask, asked };
  }

  test('a read is answered over a new one, whatever else was kept', async () => {
    const { ask, asked } = await subgraph();
    expect(await ask('{ is }')).toEqual({ data: { is: 'well' } });
    expect(asked).toEqual({ again: 1, connections: KEPT + 1 });
  });

  test('a mutation is sent no second time', async () => {
    const { ask, asked } = await subgraph();
    await expect(ask('mutation { do }')).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
    expect(asked).toEqual({ again: 1, connections: KEPT });
  });
});

test('a connection is not used again in the last second that its server keeps it', async () => {
  const { origin, sockets } = await serving(({ socket }) =>
    socket.write(answer('{}', 'keep-alive: timeout=1\r\n')),
  );
  const client = clientOf(origin);
  await client.send(post);
  await client.send(post);
  expect(sockets).toHaveLength(2);
});

test('an answer that came while this process stood still is not taken for late', async () => {
  const { origin } = await serving(({ socket }) => socket.write(answer('{"in":"time"}')));
  const client = clientOf(origin, { responseTimeoutMs: 80 });
  await client.send(post);
  const late = client.send(post);
  const until = performance.now() + 300;
  while (performance.now() < until);
  expect((await late).text).toBe('{"in":"time"}');
});

describe('a server that says more than it was asked', () => {
  const foreign = answer('{"of":"somebody else"}');

  test('with its answer: the rest is nobody’s', async () => {
    const { origin, sockets } = await serving(({ socket, connection }) =>
      socket.write(connection === 1 ? answer('{"of":1}') + foreign : answer('{"of":2}')),
    );
    const client = clientOf(origin, { connections: 1 });
    expect((await client.send(post)).text).toBe('{"of":1}');
    expect((await client.send(post)).text).toBe('{"of":2}');
    expect(sockets).toHaveLength(2);
  });

  test('with the beginning of another answer only', async () => {
    const { origin, sockets } = await serving(({ socket, connection }) =>
      socket.write(answer(`{"of":${connection}}`) + (connection === 1 ? 'HTTP/1.1 200' : '')),
    );
    const client = clientOf(origin, { connections: 1 });
    expect((await client.send(post)).text).toBe('{"of":1}');
    expect((await client.send(post)).text).toBe('{"of":2}');
    expect(sockets).toHaveLength(2);
  });

  test('afterwards, while nobody asks: the connection is closed', async () => {
    const { origin, sockets } = await serving(({ socket, connection }) =>
      socket.write(answer(`{"of":${connection}}`)),
    );
    const client = clientOf(origin, { connections: 1 });
    await client.send(post);
    const [first] = sockets as [Socket];
    const closed = once(first, 'close');
    first.write(foreign);
    await closed;
    expect((await client.send(post)).text).toBe('{"of":2}');
  });
});

describe('over TLS', () => {
  const known = getCACertificates('default');
  afterEach(() => setDefaultCACertificates(known));

  async function secured() {
    const asked: string[] = [];
    const server = createTlsServer(localhostCertificate, (socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (piece) => {
        asked.push(piece.toString('latin1'));
        socket.write(answer('{"is":"secret"}'));
      });
    });
    server.on('tlsClientError', () => undefined);
    server.listen(0);
    await once(server, 'listening');
    cleanups.push(async () => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    return { asked, at: (host: string) => `https://${host}:${port}` };
  }

  test.each(['localhost', '127.0.0.1'])(
    'a server is asked whose certificate names %s and is vouched for',
    async (host) => {
      setDefaultCACertificates([...known, localhostCertificate.cert]);
      const { at, asked } = await secured();
      const client = clientOf(at(host));
      expect((await client.send(post)).text).toBe('{"is":"secret"}');
      expect(asked).toHaveLength(1);
    },
  );

  test('one that nobody vouches for is told nothing', async () => {
    const { at, asked } = await secured();
    await expect(clientOf(at('localhost')).send(post)).rejects.toThrow('self-signed certificate');
    expect(asked).toEqual([]);
  });

  test('nor is one whose certificate is for others', async () => {
    setDefaultCACertificates([...known, localhostCertificate.cert]);
    const { at, asked } = await secured();
    await expect(clientOf(at('127.0.0.2')).send(post)).rejects.toThrow(/does not match/);
    expect(asked).toEqual([]);
  });
});
