import type { Viewer } from '@civitas/platform/subgraph';
import type { FormattedExecutionResult, OperationTypeNode } from 'graphql';

/** One operation as a door hands it over: nothing of HTTP or WebSocket is left in it. */
export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  /** The caller's `Authorization` value, `Bearer …` with an access token or an API key. Absent means anonymous. */
  readonly authorization?: string | undefined;
  /** For callers inside the process that already know who asks; no door sets it. */
  readonly viewer?: Viewer | undefined;
  /** Where the client is, as `clientLocator` found it. */
  readonly clientAddress?: string | undefined;
  /** Made up when absent. */
  readonly requestId?: string | undefined;
  /** Aborted when the client leaves. */
  readonly signal?: AbortSignal | undefined;
  /** The kinds of operation the door can carry; queries and mutations when absent. */
  readonly kinds?: readonly OperationTypeNode[] | undefined;
}

/** What every door answers with, in its own form. */
export interface OperationResponse {
  /** Has no `data` key when the operation was refused before it ran. */
  readonly result: FormattedExecutionResult;
  /** HTTP status: 200 when the operation ran, else that of the first error's code. */
  readonly status: number;
  readonly requestId: string;
}

/** A subscription that started. */
export interface SubscriptionResponse {
  /**
   * In order, each complete. `return()` stops the source at once when nobody else listens; a reader
   * that is too slow gets a rejected `next()`.
   */
  readonly results: AsyncIterableIterator<FormattedExecutionResult>;
  readonly requestId: string;
}
