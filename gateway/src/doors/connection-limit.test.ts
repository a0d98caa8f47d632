import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { metricsText } from '@civitas/platform/telemetry';
import { expect, onTestFinished, test } from 'vitest';
import { peerFinder } from '../access/client-address.ts';
import { openedGateway } from '../testing/opened-gateway.ts';
import { type ConnectionLimits, limitConnections } from './connection-limit.ts';

/** A server that greets whoever may stay. */
async function greeting(limits: ConnectionLimits, trustedProxies: readonly string[] = []) {
  const server = createServer();
  limitConnections(server, limits, peerFinder(trustedProxies));
  server.on('connection', (socket) => {
    socket.on('error', () => undefined);
    if (!socket.destroyed) socket.write('hello');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  return () => arrive(port);
}

/** A connection that may stay, or undefined. */
async function arrive(port: number): Promise<Socket | undefined> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  const stays = once(socket, 'data').then(() => socket);
  const goes = new Promise<undefined>((resolve) => socket.once('close', () => resolve(undefined)));
  return Promise.race([stays.catch(() => undefined), goes]);
}

const refused = async (because: string) => {
  const name = `civitas_connections_refused_total{because="${because}"} `;
  const line = (await metricsText()).split('\n').find((each) => each.startsWith(name));
  return Number(line?.slice(name.length) ?? 0);
};

test('an address has so many connections, and another one when one of them has ended', async () => {
  const before = await refused('address');
  const come = await greeting({ total: 10, perAddress: 2 });
  const first = await come();
  expect(await come()).toBeDefined();
  expect(await come()).toBeUndefined();
  expect(await refused('address')).toBe(before + 1);
  first?.destroy();
  await expect.poll(come).toBeDefined();
  expect(await come()).toBeUndefined();
});

test('a trusted proxy has as many as there are, and no more', async () => {
  const before = await refused('total');
  const come = await greeting({ total: 3, perAddress: 1 }, ['127.0.0.0/8']);
  for (let count = 0; count < 3; count += 1) expect(await come()).toBeDefined();
  expect(await come()).toBeUndefined();
  expect(await refused('total')).toBe(before + 1);
});

test('idle connections to a gateway are counted, beside the streams that it may have', async () => {
  const { url } = await openedGateway({ streamLimits: { perAddress: -997 } });
  const port = Number(new URL(url).port);
  const held = [1, 2, 3].map(() => connect(port, '127.0.0.1'));
  onTestFinished(() => held.forEach((socket) => void socket.destroy()));
  await Promise.all(held.map((socket) => once(socket, 'connect')));
  await expect(fetch(url)).rejects.toThrow('fetch failed');
  held[0]?.destroy();
  await expect
    .poll(() =>
      fetch(url)
        .then(({ status }) => status)
        .catch(() => 0),
    )
    .toBe(400);
});
