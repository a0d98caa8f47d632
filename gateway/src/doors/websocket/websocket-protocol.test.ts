import { once } from 'node:events';
import { createInProcessPubSub } from '@civitas/platform/pubsub';
import { createClient } from 'graphql-ws';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { silent } from '../../testing/compose.ts';
import { openedGateway } from '../../testing/opened-gateway.ts';
import { acknowledgedSocket, openSocket, subscribeMessage } from '../../testing/socket-client.ts';
import { townGateway } from '../../testing/town-gateway.ts';

const GOOD = { authorization: 'Bearer good' };

describe('a socket', () => {
  test('without the subprotocol is closed with 4406', async () => {
    const { url } = await openedGateway();
    const socket = new WebSocket(url.replace('http', 'ws'));
    onTestFinished(() => socket.terminate());
    const [code] = await once(socket, 'close');
    expect(code).toBe(4406);
  });

  test('that says nothing is closed with 4408', async () => {
    const { url } = await openedGateway({ timeouts: { initialisationMs: 50 } });
    const client = await openSocket(url);
    expect(await client.closed).toBe(4408);
  });

  test.each([
    ['{"type":"hello"}'],
    ['{"id":"1","type":"subscribe"}'],
    ['{"id":"","type":"complete"}'],
    ['[]'],
    ['null'],
  ])('with a message that the protocol does not know is closed with 4400: %s', async (message) => {
    const { url } = await openedGateway();
    const client = await acknowledgedSocket(url);
    client.send(message);
    expect(await client.closed).toBe(4400);
  });

  test('answers a ping with its payload, before the initialisation too, and takes any pong', async () => {
    const { url } = await openedGateway();
    const client = await openSocket(url);
    client.send({ type: 'pong', payload: { a: 1 } });
    client.send({ type: 'ping', payload: { at: 7 } });
    expect(await client.next()).toEqual({ type: 'pong', payload: { at: 7 } });
    client.send({ type: 'ping' });
    expect(await client.next()).toEqual({ type: 'pong' });
  });

  test('that only talks and never reads is cut off', async () => {
    const { url } = await openedGateway();
    const client = await acknowledgedSocket(url);
    client.socket.on('error', () => undefined);
    client.socket.pause();
    const ping = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(512 * 1024) } });
    const gone = client.socket.readyState;
    for (let count = 0; count < 400 && client.socket.readyState === gone; count++) {
      client.socket.send(ping, () => undefined);
      await new Promise(setImmediate);
    }
    client.socket.resume();
    expect(await client.closed).toBe(1006);
  });

  test('that answers no ping is cut off, one that does stays', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const { url } = await openedGateway();
    const there = await acknowledgedSocket(url);
    const gone = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', {
      autoPong: false,
    });
    await once(gone, 'open');
    const asked = Promise.all([once(there.socket, 'ping'), once(gone, 'ping')]);
    const cut = once(gone, 'close');
    vi.advanceTimersByTime(12_000);
    await asked;
    // Taken in order after the pong: it has been heard.
    there.send({ type: 'ping' });
    await there.next();
    vi.advanceTimersByTime(12_000);
    expect((await cut)[0]).toBe(1006);
    there.send({ type: 'ping' });
    expect(await there.next()).toEqual({ type: 'pong' });
  });

  test('gives an id back when its operation is over, and ignores the end of what is not there', async () => {
    const { url } = await openedGateway();
    const client = await acknowledgedSocket(url);
    client.send({ type: 'complete', id: 'nothing' });
    for (let round = 0; round < 2; round++) {
      client.send(subscribeMessage('1', '{ shelf }'));
      expect(await client.next()).toMatchObject({ id: '1', type: 'next' });
      expect(await client.next()).toEqual({ id: '1', type: 'complete' });
    }
  });

  test('stays when an operation on it cannot be parsed, and answers that one', async () => {
    const { url } = await openedGateway();
    const client = await acknowledgedSocket(url);
    for (const query of ['subscription {', 'subscription { ticks @include(if: true) }', '{ no }']) {
      client.send(subscribeMessage('1', query));
      expect(await client.next()).toMatchObject({ id: '1', type: 'error' });
    }
    client.send(subscribeMessage('1', 'subscription { ticks }'));
    expect(await client.next()).toMatchObject({ type: 'next', payload: { data: { ticks: 1 } } });
  });
});

describe('when the rights of an account change', () => {
  async function opened() {
    const accessChanges = createInProcessPubSub({ log: silent });
    const gateway = await openedGateway({ accessChanges });
    const tell = (message: object) => accessChanges.publish('identity.access-changes', message);
    return { ...gateway, tell };
  }

  test('its sockets are closed with 4403, others stay', async () => {
    const { url, tell } = await opened();
    const client = await acknowledgedSocket(url, GOOD);
    const other = await acknowledgedSocket(url);
    await tell({ userId: 'usr_nobody', roles: [] });
    await tell({ userId: 'usr_1', roles: ['KEYS'] });
    expect(await client.closed).toBe(4403);
    other.send({ type: 'ping' });
    expect(await other.next()).toEqual({ type: 'pong' });
  });

  test('the new roles count at once, whatever its token says', async () => {
    const { url, tell, gateway } = await opened();
    const ask = async () =>
      (await gateway.execute({ query: '{ vault }', authorization: 'Bearer good' })).result;
    expect(await ask()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    const client = await acknowledgedSocket(url, GOOD);
    await tell({ userId: 'usr_1', roles: ['KEYS'] });
    await client.closed;
    expect(await ask()).toEqual({ data: { vault: 'gold' } });
    const again = await acknowledgedSocket(url, GOOD);
    again.send(subscribeMessage('1', '{ vault }'));
    expect(await again.next()).toMatchObject({ payload: { data: { vault: 'gold' } } });
  });

  test('a session that has ended is closed with 4403 and refused with 4401, another one stays', async () => {
    const { url, tell } = await opened();
    const client = await acknowledgedSocket(url, GOOD);
    await tell({ userId: 'usr_1', endedSessions: ['ses_2'] });
    client.send({ type: 'ping' });
    expect(await client.next()).toEqual({ type: 'pong' });
    await tell({ userId: 'usr_1', endedSessions: ['ses_1'] });
    expect(await client.closed).toBe(4403);
    const again = await openSocket(url);
    again.send({ type: 'connection_init', payload: GOOD });
    expect(await again.closed).toBe(4401);
  });

  test('a message that makes no sense changes nothing', async () => {
    const { url, tell } = await opened();
    const client = await acknowledgedSocket(url, GOOD);
    await tell({ userId: 1, roles: 'all' });
    await tell({ userId: 'usr_1' });
    client.send({ type: 'ping' });
    expect(await client.next()).toEqual({ type: 'pong' });
  });
});

test("graphql-ws's own client comes back after a restart and after 4403", async () => {
  const accessChanges = createInProcessPubSub({ log: silent });
  const first = await openedGateway({ accessChanges });
  const { port } = new URL(first.url);
  let connected = 0;
  const client = createClient({
    url: first.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: GOOD,
    lazy: false,
    shouldRetry: () => true,
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 20)),
    on: {
      connected: () => {
        connected += 1;
      },
    },
  });
  onTestFinished(async () => client.dispose());
  await expect.poll(() => connected).toBe(1);
  await accessChanges.publish('identity.access-changes', { userId: 'usr_1', roles: [] });
  await expect.poll(() => connected).toBe(2);
  await first.server.close();
  const second = await townGateway();
  onTestFinished(() => second.stop());
  await second.listen({ port: Number(port), host: '127.0.0.1' });
  await expect.poll(() => connected, { timeout: 5_000 }).toBe(3);
});
