import type { Client, FormattedExecutionResult } from 'graphql-ws';
import { PUSH_TOPIC_UPDATE, type PushResult, TOPIC_EDITS, type TopicEdits } from './operations.ts';

/** How a topic's editor reaches the graph. */
export interface Transport {
  /** Rejects when there was no answer: nobody knows whether the push arrived. */
  push(input: Readonly<Record<string, unknown>>): Promise<PushResult>;
  /** @returns a function that ends the stream. */
  follow(variables: Readonly<Record<string, unknown>>, listener: FollowListener): () => void;
}

interface FollowListener {
  readonly onEvent: (event: TopicEdits) => void;
  /** The stream is over; null when it just ended. */
  readonly onEnd: (error: Error | null) => void;
}

interface Operation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

type OnResult = (result: FormattedExecutionResult<object, unknown> | Error | null) => void;

/**
 * Runs one operation: hands over every result, then null at the end or an error when the connection
 * is lost. Answers a function that ends it.
 */
export type RunOperation = (
  kind: 'execute' | 'subscribe',
  operation: Operation,
  onResult: OnResult,
) => () => void;

/** The graph answered with errors. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Over a client of `graphql-ws`, mutations and the subscription on one socket. */
export function overWebSocket(client: Client): Transport {
  return overOperations((_, operation, onResult) =>
    client.subscribe<object>(operation, {
      next: onResult,
      error: (error) => onResult(asError(error)),
      complete: () => onResult(null),
    }),
  );
}

/** Over anything that runs GraphQL operations. */
export function overOperations(run: RunOperation): Transport {
  return {
    push: (input) =>
      new Promise((resolve, reject) => {
        run('execute', { query: PUSH_TOPIC_UPDATE, variables: { input } }, (result) => {
          if (result === null) reject(new Error('The push was not answered.'));
          else {
            const answer = read<PushResult>(result, 'pushTopicUpdate');
            if (answer instanceof Error) reject(answer);
            else resolve(answer);
          }
        });
      }),
    follow: (variables, { onEvent, onEnd }) =>
      run('subscribe', { query: TOPIC_EDITS, variables }, (result) => {
        const event = result && read<TopicEdits>(result, 'topicEdits');
        if (event === null || event instanceof Error) onEnd(event);
        else onEvent(event);
      }),
  };
}

/** Data wins: a profile that cannot be read is an error beside it. */
function read<Data>(
  result: FormattedExecutionResult<object, unknown> | Error,
  field: string,
): Data | Error {
  if (result instanceof Error) return result;
  const data = (result.data as Record<string, Data | null> | null | undefined)?.[field];
  if (data) return data;
  const [error] = result.errors ?? [];
  const code = error?.extensions?.['code'];
  return new GraphError(typeof code === 'string' ? code : '', error?.message ?? 'No data.');
}

/** `graphql-ws` also reports close events and lists of errors. */
function asError(reason: unknown): Error {
  if (reason instanceof Error) return reason;
  const [first] = Array.isArray(reason) ? reason : [];
  if (first) return new GraphError(String(first.extensions?.code ?? ''), first.message);
  return new Error('The connection was lost.', { cause: reason });
}
