import { once } from 'node:events';
import { createPushIterator } from '@civitas/platform/subgraph';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { openedGateway } from '../testing/opened-gateway.ts';
import { acknowledgedSocket, subscribeMessage } from '../testing/socket-client.ts';
import { identity } from '../testing/town.ts';
import { watchedTransport } from '../testing/watched-transport.ts';

const TICKS = 'subscription { ticks }';

/** A town whose subscription never ends, behind a proxy that says where its clients are. */
async function opened(streamLimits: { perAddress?: number; total?: number }) {
  const endless = { ...watchedTransport(identity()).transport };
  endless.subscribe = async () => createPushIterator();
  const instead = { identity: endless };
  const { url } = await openedGateway({ streamLimits, instead, trustedProxies: ['127.0.0.1'] });
  const stream = (accept: string, from: string, query = TICKS) =>
    fetch(url, {
      method: 'POST',
      headers: { accept, 'content-type': 'application/json', 'x-forwarded-for': from },
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
