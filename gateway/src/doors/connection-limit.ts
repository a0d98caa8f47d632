import type { Server, Socket } from 'node:net';
import { counterMetric } from '@civitas/platform/telemetry';
import type { FindPeer } from '../access/client-address.ts';
import type { StreamLimits } from './streams/stream-limit.ts';

/** How many connections may be open in one process, whatever they carry, if anything. */
export interface ConnectionLimits {
  readonly total: number;
  /** Of one network address that is not a trusted proxy. */
  readonly perAddress: number;
}

/** Beside its streams an address may have as many requests, and connections that wait for the next one. */
const REQUESTS_PER_ADDRESS = 1_000;
const REQUESTS = 10_000;

const refused = counterMetric({
  name: 'civitas_connections_refused_total',
  help: 'Connections that were closed as they came: too many of the address, or in all.',
  labels: ['because'],
});

/** A stream is a connection, so there is room for all of them. */
export function connectionLimitsFor({ total, perAddress }: StreamLimits): ConnectionLimits {
  return { total: total + REQUESTS, perAddress: perAddress + REQUESTS_PER_ADDRESS };
}

/**
 * Closes connections beyond the limits as they come, before anything is read of them: who keeps them idle,
 * or begins requests without end, holds no more than these. A refusal in words would be a connection, too.
 */
export function limitConnections(
  server: Server,
  { total, perAddress }: ConnectionLimits,
  peerOf: FindPeer,
): void {
  const byAddress = new Map<string, number>();
  server.maxConnections = total;
  server.on('drop', () => refused.inc({ because: 'total' }));
  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    if (peer === undefined) return;
    const open = byAddress.get(peer) ?? 0;
    if (open >= perAddress) {
      refused.inc({ because: 'address' });
      socket.destroy();
      return;
    }
    byAddress.set(peer, open + 1);
    socket.once('close', () => {
      const left = (byAddress.get(peer) ?? 1) - 1;
      if (left > 0) byAddress.set(peer, left);
      else byAddress.delete(peer);
    });
  });
}
