import type { CookieJar, PushIterator, Viewer } from '@civitas/platform/subgraph';
import type { FormattedExecutionResult, GraphQLFormattedError, OperationTypeNode } from 'graphql';
import type { Freshness } from '../execution/types.ts';

/** One operation as a door hands it over: nothing of HTTP or WebSocket is left in it. */
export interface OperationRequest {
  /** Empty when `documentId` or `extensions.persistedQuery` stands for it. */
  readonly query: string;
  /** Names a registered operation or, by its SHA-256, an automatic persisted query. */
  readonly documentId?: unknown;
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
  /** What the program calls itself; counts for programs that need no API key. */
  readonly clientName?: string | undefined;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  /** The caller's `Authorization` value, `Bearer …` with an access token or an API key. Absent means anonymous. */
  readonly authorization?: string | undefined;
  /** An access token that is no longer good counts for nothing, instead of being refused. */
  readonly isRenewing?: boolean | undefined;
  /** Of a client that keeps its session in cookies; a mutation may change them. */
  readonly cookies?: CookieJar | undefined;
  /** What the client's program says it is. */
  readonly userAgent?: string | undefined;
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
  /** Whether the door can deliver deferred fragments later; if not, they are answered at once. */
  readonly incremental?: boolean | undefined;
  /** The door sends JSON and has no use for objects: see `OperationResponse.text`. */
  readonly asText?: boolean | undefined;
}

/** What every door answers with, in its own form. */
export interface OperationResponse {
  /**
   * Has no `data` key when the operation was refused before it ran. Empty when it ran and text was
   * asked for.
   */
  readonly result: FormattedExecutionResult;
  /** The result as JSON, of an operation that ran and was asked for as text. */
  readonly text?: string;
  /** The same as bytes, where several callers get it: made once for all of them. */
  readonly bytes?: Buffer | undefined;
  /** The errors in the text, if any. */
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
  /** HTTP status: 200 when the operation ran, else that of the first error's code. */
  readonly status: number;
  readonly requestId: string;
  /** Of an answer as text that may be used again. */
  readonly freshness?: Freshness | undefined;
  /** HTTP headers about limits; empty when there are none. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A subscription that started. */
export interface SubscriptionResponse {
  /**
   * In order, each complete. `return()` stops the source at once when nobody else listens; a reader
   * that is too slow gets a rejected `next()`.
   */
  readonly results: PushIterator<FormattedExecutionResult>;
  /** Whose it is. */
  readonly viewer: Viewer;
  /** The person or the program's account that holds it open; undefined for nobody known. */
  readonly holder: string | undefined;
  /** When the API key it was asked for with ends. */
  readonly endsAt: Date | undefined;
  readonly requestId: string;
}

/** What one place of the response gets later. */
export interface Increment {
  /** Of the object that `data` belongs to, with list indices. */
  readonly path: readonly (string | number)[];
  /** As the client named the fragment. */
  readonly label?: string;
  /** Null when something in it may not be null and is. */
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** One part of an answer in parts, as the incremental delivery proposal had it in August 2022. */
export type IncrementalResult =
  | (FormattedExecutionResult & { readonly hasNext: boolean })
  | { readonly incremental?: readonly Increment[]; readonly hasNext: boolean };

/** An answer whose deferred fragments come later. */
export interface DeferredResponse {
  /** The first is the answer without them. `return()` cancels what is under way. */
  readonly increments: AsyncIterableIterator<IncrementalResult>;
  /** As of a subscription. */
  readonly holder: string | undefined;
  readonly requestId: string;
}
