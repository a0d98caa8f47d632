import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  execute,
  type FormattedExecutionResult,
  GraphQLError,
} from 'graphql';
import type { RequestContext, RequestOrigin, Subgraph, SubgraphRequest } from '../types.ts';
import { maskError } from './mask-error.ts';
import { cursorsOf, isFromNowOn, OPENING } from './resumable.ts';
import { resultOfEvent } from './shared-events.ts';
import { documentOf, refused } from './subgraph-documents.ts';

/** What a subscription brings: results until it ends, or why it could not start. */
export type SubscriptionAnswer =
  | AsyncIterableIterator<FormattedExecutionResult>
  | FormattedExecutionResult;

/** Tells the two answers to a subscription apart. */
export function isStream(
  answer: SubscriptionAnswer,
): answer is AsyncIterableIterator<FormattedExecutionResult> {
  return Symbol.asyncIterator in answer;
}

/**
 * Starts one subscription on one subgraph. Both shapes come through here.
 *
 * Every event is executed with a context of its own, so loaders never remember what an earlier
 * event saw; results come in the order of the events. `return()` and the origin's signal reach the
 * source at once, also while an event is awaited. A source that fails gives one last result with
 * the masked error. Never rejects.
 */
export async function subscribeOnSubgraph(
  subgraph: Subgraph,
  request: SubgraphRequest,
  origin: RequestOrigin,
): Promise<SubscriptionAnswer> {
  const document = documentOf(subgraph, request.query);
  if (!('kind' in document)) return { errors: document.map((error) => refused(error, origin)) };
  const contextValue = subgraph.contextFor(origin);
  try {
    const source = await createSourceEventStream(argsOf(subgraph, document, request, contextValue));
    if (!(Symbol.asyncIterator in source)) {
      return { errors: (source.errors ?? []).map((error) => maskError(error, contextValue)) };
    }
    const cursorOf = cursorsOf(source);
    return resultsOf(source[Symbol.asyncIterator](), origin, {
      opening: isFromNowOn(source) ? OPENING : undefined,
      // Who shares the event shares its cursor, and so one object.
      onEvent: (rootValue) =>
        resultOfEvent(rootValue, document, async () => {
          const result = await executeEvent(subgraph, document, request, origin, rootValue);
          return cursorOf ? { ...result, extensions: { cursor: cursorOf(rootValue) } } : result;
        }),
      onFailure: (error) => failureOf(error, contextValue),
    });
  } catch (error) {
    return failureOf(error, contextValue);
  }
}

function argsOf(
  { schema }: Subgraph,
  document: DocumentNode,
  { variables: variableValues, operationName }: SubgraphRequest,
  contextValue: RequestContext,
): ExecutionArgs {
  return { schema, document, variableValues, operationName, contextValue };
}

async function executeEvent(
  subgraph: Subgraph,
  document: DocumentNode,
  request: SubgraphRequest,
  origin: RequestOrigin,
  rootValue: unknown,
): Promise<FormattedExecutionResult> {
  const contextValue = subgraph.contextFor(origin);
  const args = argsOf(subgraph, document, request, contextValue);
  const { errors, ...result } = await execute({ ...args, rootValue });
  if (!errors) return result;
  return { ...result, errors: errors.map((error) => maskError(error, contextValue)) };
}

function failureOf(error: unknown, contextValue: RequestContext): FormattedExecutionResult {
  const originalError = error instanceof Error ? error : new Error(String(error));
  const wrapped = new GraphQLError(originalError.message, { originalError });
  return { errors: [maskError(wrapped, contextValue)] };
}

interface Handling {
  /** Comes before the first event. */
  readonly opening: FormattedExecutionResult | undefined;
  readonly onEvent: (event: unknown) => Promise<FormattedExecutionResult>;
  readonly onFailure: (error: unknown) => FormattedExecutionResult;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Hand-written: the `return()` of an async generator waits for the `next()` that is under way. */
function resultsOf(
  source: AsyncIterator<unknown>,
  { signal }: RequestOrigin,
  { opening, onEvent, onFailure }: Handling,
): AsyncIterableIterator<FormattedExecutionResult> {
  type Resolve = (result: IteratorResult<FormattedExecutionResult, undefined>) => void;
  const waiting = new Set<Resolve>();
  let isDone = false;
  let isOpened = opening === undefined;

  /** Whoever ends it, the source hears of it once. */
  function finish(): void {
    signal.removeEventListener('abort', stop);
    isDone = true;
    // A source that cannot be stopped has nobody left to tell.
    Promise.resolve(source.return?.()).catch(() => undefined);
  }

  function stop(): void {
    if (isDone) return;
    finish();
    for (const resolve of waiting) resolve(DONE);
    waiting.clear();
  }

  async function advance(): Promise<IteratorResult<FormattedExecutionResult, undefined>> {
    if (!isOpened && opening) {
      isOpened = true;
      return { done: false, value: opening };
    }
    try {
      const event = await source.next();
      if (isDone) return DONE;
      if (!event.done) return { done: false, value: await onEvent(event.value) };
      finish();
      return DONE;
    } catch (error) {
      if (isDone) return DONE;
      finish();
      return { done: false, value: onFailure(error) };
    }
  }

  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });

  return {
    next: () => {
      if (isDone) return Promise.resolve(DONE);
      return new Promise((resolve) => {
        waiting.add(resolve);
        void advance().then((result) => {
          waiting.delete(resolve);
          resolve(result);
        });
      });
    },
    return: () => {
      stop();
      return Promise.resolve(DONE);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
