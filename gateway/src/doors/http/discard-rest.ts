import type { IncomingMessage } from 'node:http';

/** Somewhat more than the largest body that anybody may send. */
const MAX_BYTES = 12 * 1024 * 1024;
const MAX_MS = 2_000;

/**
 * Reads the rest of a request that was refused before it was whole, and keeps nothing: an answer to
 * somebody who is still sending is lost with the connection, and they never learn why. Who says that
 * more is to come than could ever be taken, or does not come to an end, is answered all the same.
 */
export function discardRest(request: IncomingMessage): Promise<void> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (request.complete || request.destroyed || declared > MAX_BYTES) return Promise.resolve();
  return new Promise((resolve) => {
    let left = MAX_BYTES;
    const timer = setTimeout(over, MAX_MS);
    function count(piece: Buffer): void {
      left -= piece.length;
      if (left < 0) over();
    }
    function over(): void {
      clearTimeout(timer);
      request.off('data', count);
      request.pause();
      resolve();
    }
    request.once('end', over);
    request.once('close', over);
    request.on('data', count);
    request.resume();
  });
}
