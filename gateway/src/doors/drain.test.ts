import { once } from 'node:events';
import { connect } from 'node:net';
import type { SubgraphTransport } from '@civitas/platform/subgraph';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { openedGateway, post } from '../testing/opened-gateway.ts';
import { unreachable } from '../testing/town-gateway.ts';

/** Answers `{ shelf }` when it is told to, and tells when it was asked. */
function slowLibrary() {
  const asked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const transport: SubgraphTransport = {
    ...unreachable,
    execute: async () => {
      asked.resolve();
      await released.promise;
      return { data: { shelf: 'at last' } };
    },
  };
  return { transport, asked: asked.promise, release: () => released.resolve() };
}

test('closing lets running requests finish, refuses new ones, and ends idle connections', async () => {
  const { transport, asked, release } = slowLibrary();
  const { server, url, origin } = await openedGateway({ instead: { library: transport } });
  expect((await fetch(`${origin}/health/live`)).status).toBe(200);
  const running = post(url, { query: '{ shelf }' });
  await asked;
  const closed = server.close();
  await expect(fetch(`${origin}/health/live`)).rejects.toThrow();
  release();
  const answer = await running;
  expect(await answer.json()).toEqual({ data: { shelf: 'at last' } });
  expect(answer.headers.get('connection')).toBe('close');
  await closed;
});

test('closing lets running operations of a socket finish, begins no more, then asks its client to come back', async () => {
  const { transport, asked, release } = slowLibrary();
  const { server, url } = await openedGateway({ instead: { library: transport } });
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  onTestFinished(() => socket.terminate());
  const received: unknown[] = [];
  socket.on('message', (data: Buffer) => received.push(JSON.parse(data.toString())));
  await once(socket, 'open');
  const ended = once(socket, 'close');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.send('{"type":"subscribe","id":"1","payload":{"query":"{ shelf }"}}');
  await asked;
  const closed = server.close();
  const answered = once(socket, 'message');
  socket.send('{"type":"subscribe","id":"2","payload":{"query":"{ shelf }"}}');
  await answered;
  release();
  expect((await ended)[0]).toBe(1012);
  expect(received).toMatchObject([
    { type: 'connection_ack' },
    { type: 'error', id: '2', payload: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] },
    { type: 'next', id: '1', payload: { data: { shelf: 'at last' } } },
    { type: 'complete', id: '1' },
  ]);
  await closed;
});

test('a socket that is asked for while closing is refused', async () => {
  const { transport, asked, release } = slowLibrary();
  const { server, url, origin } = await openedGateway({ instead: { library: transport } });
  const running = post(url, { query: '{ shelf }' });
  await asked;
  const late = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void late.destroy());
  late.write('GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\n');
  expect((await fetch(`${origin}/health/live`)).status).toBe(200);
  const closed = server.close();
  const answer = once(late, 'data');
  late.write(
    'upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  expect(String((await answer)[0])).toMatch(/^HTTP\/1\.1 503/);
  release();
  await running;
  await closed;
});

test('a client that leaves is not worked for any longer', async () => {
  const left = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const library: SubgraphTransport = {
    ...unreachable,
    execute: (_, { signal }) => {
      signal.addEventListener('abort', () => left.resolve());
      asked.resolve();
      return new Promise(() => undefined);
    },
  };
  const { url } = await openedGateway({ instead: { library }, deadlineMs: 500 });
  const client = new AbortController();
  const request = fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ shelf }"}',
    signal: client.signal,
  });
  await asked.promise;
  client.abort();
  await expect(request).rejects.toThrow();
  await left.promise;
});

test('a port that is taken is refused', async () => {
  const { gateway, server } = await openedGateway();
  const port = Number(new URL(server.url).port);
  await expect(gateway.listen({ port, host: '127.0.0.1' })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});

test('closing waits no longer than it was told', async () => {
  const { server, url } = await openedGateway({ timeouts: { drainMs: 100 } });
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  socket.on('error', () => undefined);
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.send('{"type":"subscribe","id":"1","payload":{"query":"{ never }"}}');
  const request = post(url, { query: '{ never }' }).catch((error: Error) => error);
  // A later answer on the same socket proves that the earlier message has arrived.
  socket.send('{"type":"subscribe","id":"2","payload":{"query":"{ shelf }"}}');
  await once(socket, 'message');
  const ended = once(socket, 'close');
  await server.close();
  expect(await request).toBeInstanceOf(Error);
  expect((await ended)[0]).toBe(1006);
});
