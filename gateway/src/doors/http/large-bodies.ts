import type { IncomingMessage, ServerResponse } from 'node:http';
import { CivitasError } from '@civitas/platform/errors';
import type { DoorOptions } from '../door.ts';
import { readBody } from './read-body.ts';

/** Reads the body of a GraphQL request. @param authorization who sends it, as its header or its cookies say. */
export type ReadRequestBody = (
  request: IncomingMessage,
  response: ServerResponse,
  authorization: string | undefined,
) => Promise<Buffer>;

/** How large bodies may be that are larger than usual, and how many are taken at a time. */
export interface LargeBodies {
  readonly maxBytes: number;
  readonly maxAtOnce: number;
}

/**
 * A file is imported by a mutation, in base64: more than a body usually has. Who says in
 * `Content-Length` that one is larger, and who they are, has it read while few others are: so many times
 * so much is all that large bodies take of memory, until each has its answer.
 *
 * The function throws CivitasError `PAYLOAD_TOO_LARGE` with what the caller may send, `SERVICE_UNAVAILABLE`
 * while as many are under way as may be, `UNAUTHENTICATED`.
 */
export function createBodyReader(options: DoorOptions): ReadRequestBody {
  const { maxBodyBytes, timeouts, identify, locate } = options;
  const { maxBytes, maxAtOnce } = options.largeBodies;
  let underWay = 0;

  const readLarge: ReadRequestBody = async (request, response, authorization) => {
    const { viewer } = await identify(authorization, locate(request).address);
    if (viewer.type === 'anonymous') return readBody(request, { maxBodyBytes, timeouts });
    if (underWay >= maxAtOnce) {
      throw new CivitasError('SERVICE_UNAVAILABLE', {
        message: `Too many requests of more than ${maxBodyBytes} bytes are under way. Try again.`,
      });
    }
    underWay += 1;
    response.once('close', () => {
      underWay -= 1;
    });
    return readBody(request, { maxBodyBytes: maxBytes, timeouts });
  };

  return (request, response, authorization) => {
    const declared = Number(request.headers['content-length'] ?? 0);
    return declared > maxBodyBytes
      ? readLarge(request, response, authorization)
      : readBody(request, { maxBodyBytes, timeouts });
  };
}
