import { once } from 'node:events';
import { createPushIterator } from '@civitas/platform/subgraph';
import { metricsText } from '@civitas/platform/telemetry';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ClientDirectory } from '../../partners/client-directory.ts';
import { fakeDirectory, KEY, kiosk, OTHER_KEY } from '../../testing/fake-directory.ts';
import { openedGateway } from '../../testing/opened-gateway.ts';
import { acknowledgedSocket, openSocket, subscribeMessage } from '../../testing/socket-client.ts';
import { identity } from '../../testing/town.ts';
import { userWith } from '../../testing/town-gateway.ts';
import { watchedTransport } from '../../testing/watched-transport.ts';
import type { StreamLimits } from './stream-limit.ts';

const TICKS = 'subscription { ticks }';

/** A town whose subscription never ends, behind a proxy that says where its clients are. */
async function opened(streamLimits: Partial<StreamLimits>, clients?: ClientDirectory) {
  const endless = { ...watchedTransport(identity()).transport };
  endless.subscribe = async () => createPushIterator();
  const instead = { identity: endless };
  const { url } = await openedGateway({
    streamLimits,
    instead,
    trustedProxies: ['127.0.0.1'],
    measured: true,
    ...(clients && { clients }),
  });
  const stream = (accept: string, from: string, query = TICKS, more = {}) =>
    fetch(url, {
      method: 'POST',
      headers: { accept, 'content-type': 'application/json', 'x-forwarded-for': from, ...more },
      body: JSON.stringify({ query }),
    });
  /** Why a socket is not opened, or the socket. */
  const socket = async (from: string) => {
    const client = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', {
      headers: { 'x-forwarded-for': from },
    });
    onTestFinished(() => client.terminate());
    client.on('error', () => undefined);
    const refused = once(client, 'unexpected-response').then(([, response]) => ({
      status: response.statusCode as number,
      retryAfter: response.headers['retry-after'] as string,
    }));
    return Promise.race([refused, once(client, 'open').then(() => client)]);
  };
  return { url, stream, socket };
}

const EVENTS = 'text/event-stream';
const MULTIPART = 'multipart/mixed;subscriptionSpec=1.0';

test('sockets and streams of one address are counted together, and refused with a code', async () => {
  const { stream, socket } = await opened({ perAddress: 3 });
  const [here, there] = ['192.0.2.1', '192.0.2.2'];
  const held = await socket(here);
  const events = await stream(EVENTS, here);
  expect((await stream(MULTIPART, here)).status).toBe(200);
  for (const accept of [EVENTS, MULTIPART]) {
    const refused = await stream(accept, here);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '10']);
    expect(await refused.json()).toMatchObject({
      errors: [{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 10 } }],
    });
  }
  expect(await socket(here)).toEqual({ status: 429, retryAfter: '10' });
  // One answer is no stream, and others are not concerned.
  expect((await stream(`${EVENTS}, application/json`, here, '{ shelf }')).status).toBe(200);
  expect((await stream(EVENTS, there)).status).toBe(200);
  await events.body?.cancel();
  if (!(held instanceof WebSocket)) throw new Error('The first socket was refused.');
  held.close();
  await once(held, 'close');
  await expect.poll(async () => (await stream(EVENTS, here)).status).toBe(200);
});

test('when the house is full everybody is asked to come later', async () => {
  const { url, stream, socket } = await opened({ total: 1 });
  const client = await acknowledgedSocket(url);
  client.send(subscribeMessage('1', TICKS));
  expect(await socket('192.0.2.1')).toEqual({ status: 503, retryAfter: '10' });
  const refused = await stream(EVENTS, '192.0.2.2');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
  expect(await refused.json()).toMatchObject({
    errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }],
  });
});

describe('whoever holds streams from many addresses', () => {
  const account = { ...kiosk, id: 'prt_1' };
  const withKey = (key: string) => ({ authorization: `Bearer ${key}` });
  const addresses = Array.from({ length: 99 }, (_, n) => `198.51.100.${n}`);
  const elsewhere = () => addresses.pop() ?? '';

  test.each([
    ['one account, by whichever of its keys', [withKey(KEY), withKey(OTHER_KEY)], account],
    ['one person, by token and by key', [withKey('good'), withKey(KEY)], null],
  ])('is %s and has as many as one, on all doors', async (_, who, ofKeys) => {
    const { url, stream } = await opened({ perCaller: 2 }, fakeDirectory({ account: ofKeys }));
    const [mine, alsoMine] = who as [{ authorization: string }, { authorization: string }];
    const client = await acknowledgedSocket(url, mine);
    const events = await stream(EVENTS, elsewhere(), TICKS, alsoMine);
    expect(events.status).toBe(200);
    const refused = await stream(MULTIPART, elsewhere(), TICKS, mine);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '10']);
    expect(await refused.json()).toMatchObject({
      errors: [{ extensions: { code: 'RATE_LIMITED' } }],
    });
    const late = await openSocket(url);
    late.send({ type: 'connection_init', payload: alsoMine });
    expect(await late.closed).toBe(1013);
    // Queries are no streams, and others are not concerned.
    expect((await stream('application/json', elsewhere(), '{ shelf }', mine)).status).toBe(200);
    expect((await stream(EVENTS, elsewhere())).status).toBe(200);
    client.socket.close();
    await expect
      .poll(async () => (await stream(MULTIPART, elsewhere(), TICKS, mine)).status)
      .toBe(200);
    await events.body?.cancel();
  });
});

test('who leaves while it is found out who they are is not counted', async () => {
  const asked = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  let times = 0;
  const { url } = await openedGateway({
    streamLimits: { perCaller: 1 },
    verifyAccessToken: async () => {
      times += 1;
      asked.resolve();
      if (times === 1) await held.promise;
      return userWith();
    },
  });
  const payload = { authorization: 'Bearer good' };
  const early = await openSocket(url);
  early.send({ type: 'connection_init', payload });
  await asked.promise;
  const other = await openSocket(url);
  early.socket.close();
  await early.closed;
  // Answered after the other's end is known.
  other.send({ type: 'ping' });
  await other.next();
  held.resolve();
  other.send({ type: 'connection_init', payload });
  expect(await other.next()).toEqual({ type: 'connection_ack' });
});

test('what is open and what was refused is told by door and reason', async () => {
  const { url, stream, socket } = await opened({ perAddress: 2 });
  const metric = async (line: string) =>
    Number(
      (await metricsText())
        .split('\n')
        .find((each) => each.startsWith(line))
        ?.split(' ')[1] ?? 0,
    );
  const open = (door: string) => metric(`civitas_streams_open{door="${door}"}`);
  const refused = () => metric('civitas_streams_refused_total{because="address"}');
  const before = await refused();
  const client = await acknowledgedSocket(url);
  const events = await stream(EVENTS, '192.0.2.1');
  await stream(MULTIPART, '192.0.2.1');
  expect(await socket('192.0.2.1')).toMatchObject({ status: 429 });
  expect(await Promise.all(['websocket', 'events', 'multipart'].map(open))).toEqual([1, 1, 1]);
  expect(await refused()).toBe(before + 1);
  client.socket.close();
  await events.body?.cancel();
  await expect.poll(() => Promise.all([open('websocket'), open('events')])).toEqual([0, 0]);
});
