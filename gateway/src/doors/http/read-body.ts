import type { IncomingMessage } from 'node:http';
import { CivitasError } from '@civitas/platform/errors';
import type { DoorOptions } from '../door.ts';

type BodyBounds = Pick<DoorOptions, 'maxBodyBytes' | 'timeouts'>;

/**
 * The whole body.
 *
 * @throws CivitasError `PAYLOAD_TOO_LARGE` as soon as it is known, the rest unread; `REQUEST_TIMEOUT`.
 */
export function readBody(
  request: IncomingMessage,
  { maxBodyBytes: maxBytes, timeouts: { requestMs } }: BodyBounds,
): Promise<Buffer> {
  const tooLarge = () =>
    new CivitasError('PAYLOAD_TOO_LARGE', { details: { maximumBytes: maxBytes } });
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const late = setTimeout(() => reject(new CivitasError('REQUEST_TIMEOUT')), requestMs);
    request.once('close', () => clearTimeout(late));
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        request.removeAllListeners('data');
        request.pause();
        reject(tooLarge());
        return;
      }
      chunks.push(chunk);
    });
    request.once('end', () => {
      clearTimeout(late);
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    });
    request.once('error', (cause) => reject(new CivitasError('BAD_REQUEST', { cause })));
    request.once('close', () => {
      // Also the end of every request that was read whole, which has no use for an error.
      if (request.complete) return;
      reject(new CivitasError('BAD_REQUEST', { message: 'The request ended early.' }));
    });
  });
}
