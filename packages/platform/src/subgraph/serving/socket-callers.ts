import { randomUUID } from 'node:crypto';
import { CivitasError } from '../../errors/index.ts';
import { readRemainingMs, remainingMs } from '../callers/deadline.ts';
import { VIEWER_HEADER, verifyInternalToken, viewerShape } from '../callers/internal-token.ts';
import { isSignedMessage } from '../callers/signed-messages.ts';
import type { Viewer } from '../callers/viewer.ts';
import type { RequestOrigin } from '../types.ts';
import type { SocketCallers } from './operation-socket.ts';

/** What the gateway signs when it opens a connection, in the place of an operation. */
export const CONNECTION_TEXT = 'connection_init';

/** Where an acknowledgement says what all messages of its connection are signed with. */
export const NONCE = 'nonce';

/** Who asks for one operation, as it stands in the extensions of a signed message. */
interface CallerExtensions {
  /** As JSON, which is the same for all operations of one viewer. */
  readonly viewer: string;
  readonly requestId: string;
  readonly clientAddress?: string | undefined;
  /** After which event a subscription goes on. */
  readonly resumeAfter?: string | undefined;
  /** How long the gateway waits, as `REMAINING_HEADER` says it. */
  readonly remainingMs?: number | undefined;
}

/** What the gateway puts into a message of one operation. */
export function callerExtensions(origin: Omit<RequestOrigin, 'signal'>): CallerExtensions {
  const { viewer, requestId, clientAddress, resumeAfter } = origin;
  const remaining = remainingMs(origin);
  return {
    viewer: JSON.stringify(viewer),
    requestId,
    clientAddress,
    resumeAfter,
    remainingMs: remaining,
  };
}

/** Viewers that one connection remembers. */
const MAX_VIEWERS = 2_000;

/**
 * Lets the gateway in and nobody else. The connection is opened with an internal token; every operation is
 * signed for this connection, with an id that is higher than the one before, so that none comes twice.
 */
export function signedCallers(audience: string, secret: string): SocketCallers {
  const nonce = randomUUID();
  const viewers = new Map<string, Viewer>();
  let lastId = 0;

  function viewerOf(text: string): Viewer {
    const known = viewers.get(text);
    if (known) return known;
    const viewer = viewerShape.parse(JSON.parse(text));
    if (viewers.size >= MAX_VIEWERS) viewers.clear();
    viewers.set(text, viewer);
    return viewer;
  }

  return {
    admit: async (parameters) => {
      const token = parameters[VIEWER_HEADER];
      if (typeof token !== 'string') return undefined;
      const expected = { audience, body: CONNECTION_TEXT };
      return verifyInternalToken(token, expected, secret).then(
        () => ({ [NONCE]: nonce }),
        () => undefined,
      );
    },
    originOf: ({ id, payload }, text) => {
      const number = Number.parseInt(id, 36);
      if (!(number > lastId) || !isSignedMessage(text, { audience, nonce, secret })) {
        throw new CivitasError('INTERNAL_CALLER_REQUIRED');
      }
      lastId = number;
      const given = payload.extensions as unknown as CallerExtensions;
      const remaining = readRemainingMs(String(given.remainingMs));
      return {
        viewer: viewerOf(given.viewer),
        requestId: given.requestId,
        clientAddress: given.clientAddress,
        resumeAfter: given.resumeAfter,
        deadlineAtMs: remaining === undefined ? undefined : Date.now() + remaining,
      };
    },
  };
}
