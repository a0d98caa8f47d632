import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { print } from 'graphql-sse';
import type { IncrementalResult } from '../../pipeline/types.ts';

type Result = FormattedExecutionResult | IncrementalResult;

/** How one protocol writes a sequence of results into one HTTP answer. */
export interface StreamForm {
  readonly contentType: string;
  readonly opening: string;
  /** Keeps proxies from cutting a connection on which nothing happens. */
  readonly heartbeat?: { readonly text: string; readonly everyMs: number };
  result(result: Result): string;
  /** The last thing said when the stream ends before its source. */
  failure(errors: readonly GraphQLFormattedError[]): string;
  readonly ending: string;
}

/** A comment, which every reader of server-sent events skips. */
const COMMENT = ':\n\n';

/** `graphql-sse`, distinct connections: `next` for every result, then `complete`. */
export const eventStream: StreamForm = {
  contentType: 'text/event-stream; charset=utf-8',
  // Some browsers report a stream as open only once something has come.
  opening: COMMENT,
  heartbeat: { text: COMMENT, everyMs: 12_000 },
  result: (result) => next(result),
  failure: (errors) => next({ errors }),
  ending: print({ event: 'complete', data: null }),
};

/** Its type wants error objects; ours are formatted already. */
function next(data: object): string {
  return print({ event: 'next', data });
}

/**
 * Subscriptions for Apollo Client (`subscriptionSpec=1.0`): every part is `{ payload }`, an empty one
 * keeps the connection open, and what ends the stream early stands beside a null payload.
 */
export const multipartSubscription: StreamForm = {
  ...parts('graphql', 'subscriptionSpec=1.0', (payload) => ({ payload })),
  heartbeat: { text: part('graphql', {}), everyMs: 5_000 },
};

/** Deferred fragments (`deferSpec=20220824`): the answer first, what was deferred in later parts. */
export const multipartIncrements: StreamForm = parts('-', 'deferSpec=20220824', (result) => result);

function parts(
  boundary: string,
  specification: string,
  envelope: (result: Result) => object,
): StreamForm {
  return {
    contentType: `multipart/mixed;boundary="${boundary}";${specification}`,
    opening: `\r\n--${boundary}`,
    result: (result) => part(boundary, envelope(result)),
    failure: (errors) => part(boundary, { payload: null, errors }),
    ending: '--\r\n',
  };
}

/** With the delimiter that follows, since a reader takes a part only when it has seen that. */
function part(boundary: string, value: object): string {
  return `\r\ncontent-type: application/json; charset=utf-8\r\n\r\n${JSON.stringify(value)}\r\n--${boundary}`;
}
