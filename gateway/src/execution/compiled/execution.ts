import type { RequestOrigin } from '@civitas/platform/subgraph';
import type { GraphQLError } from 'graphql';
import type { Data } from './data.ts';
import type { DeferredFetches } from './deferred/deferred-fetches.ts';
import type { FoundObjects } from './find-objects.ts';
import type { FetchBatch } from './merging/fetch-batch.ts';

/** One run of a compiled plan. */
export interface Execution {
  /** What subgraphs have answered so far, merged in place. */
  readonly data: Data;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly origin: RequestOrigin;
  readonly errors: GraphQLError[];
  /** Where something of the operation is answered later. */
  readonly deferred?: DeferredFetches;
  /** In a deferred part: settles when everything that comes before it has been answered. */
  readonly before?: Promise<unknown>;
  /** What was found for entity fetches, for those that look further down. */
  found?: FoundObjects;
  /** Made with the first entity fetch. */
  batch?: FetchBatch;
}

/** A part of a plan, ready to run. Never rejects: what goes wrong is in the execution's errors. */
export type Step = (execution: Execution) => Promise<unknown> | undefined;
