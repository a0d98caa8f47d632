import type { Duplex } from 'node:stream';

/**
 * Cuts a WebSocket that sends more than `maxBytes` before it is let in, whole messages or not: `ws` has one
 * limit for all messages of a connection, and would gather as much for somebody nobody knows.
 *
 * @param stream what the socket stands on.
 * @returns what lifts the bound.
 */
export function boundUntilAdmitted(stream: Duplex, maxBytes: number): () => void {
  let left = maxBytes;
  function count(piece: Buffer): void {
    left -= piece.length;
    if (left < 0) stream.destroy();
  }
  stream.on('data', count);
  return () => void stream.off('data', count);
}
