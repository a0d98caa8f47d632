import type { Readable } from 'node:stream';
import type { DocumentNode, FormattedExecutionResult, GraphQLSchema } from 'graphql';
import type { EventConsumer } from '../events/index.ts';
import type { ClientCookies } from './callers/client-cookies.ts';
import type { Viewer } from './callers/viewer.ts';
import type { RequestLog } from './execution/request-log.ts';

/** What every resolver and service of a request can count on, in either shape. */
export interface RequestContext {
  readonly viewer: Viewer;
  /** Travels with the request through every subgraph, in errors and in logs. */
  readonly requestId: string;
  /** IP address of the client as the gateway knows it; absent for callers inside the house. */
  readonly clientAddress?: string | undefined;
  /** What the client's program says it is: printable ASCII, 400 characters at most. Of mutations, to who keeps sessions. */
  readonly userAgent?: string | undefined;
  /** Of a client that keeps its session in cookies. Of mutations, to who keeps sessions. */
  readonly cookies?: ClientCookies | undefined;
  /** Aborted when the client leaves or the deadline passes. */
  readonly signal: AbortSignal;
  /** When the deadline passes, in milliseconds since 1970 by this process's clock; absent when there is none. */
  readonly deadlineAtMs?: number | undefined;
  /** Whether the gateway may answer from what it remembers: a query, and not what follows a change. */
  readonly mayBeRemembered?: boolean | undefined;
  /** A subscription goes on after the event that had this cursor; only from a source that is `resumable`. */
  readonly resumeAfter?: string | undefined;
  /** The clock: time is passed in, so that tests own it. */
  readonly now: () => Date;
  readonly log: RequestLog;
}

/** The part of a request that its caller decides; the subgraph adds the rest. */
export type RequestOrigin = Pick<
  RequestContext,
  | 'viewer'
  | 'requestId'
  | 'clientAddress'
  | 'userAgent'
  | 'cookies'
  | 'signal'
  | 'deadlineAtMs'
  | 'mayBeRemembered'
  | 'resumeAfter'
>;

/** One GraphQL request to one subgraph, as the gateway's executor makes it. */
export interface SubgraphRequest {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  /** The three as a JSON object, when the caller has it already: what a network carries. */
  readonly json?: string | undefined;
  /** Reads the answer's JSON, where the caller can do it better than `JSON.parse`; throws as that does. */
  readonly read?: ((json: string) => unknown) | undefined;
}

/**
 * How the gateway reaches a subgraph. In one process it is a function call, between processes
 * HTTP; a subgraph must not be able to tell which. Never rejects for a GraphQL error; rejects
 * with a `CivitasError` (`SUBGRAPH_UNAVAILABLE`, `SUBGRAPH_TIMEOUT`) when there is no answer.
 */
export interface SubgraphTransport {
  execute(request: SubgraphRequest, origin: RequestOrigin): Promise<FormattedExecutionResult>;
  /**
   * Starts a subscription: results in the order of the events. Ends at once by the iterator's
   * `return()` and by the origin's signal. What cannot start answers with errors, at once or, over
   * a network, as the first and only result; a source that is lost later gives one last result
   * with `SUBGRAPH_UNAVAILABLE`. Events of a resumable source say their cursor in
   * `extensions.cursor`.
   */
  subscribe(
    request: SubgraphRequest,
    origin: RequestOrigin,
  ): Promise<AsyncIterableIterator<FormattedExecutionResult> | FormattedExecutionResult>;
  /** Rejects when the subgraph cannot answer. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** What a plain route is asked. */
export interface HttpRouteRequest {
  /** As the client sent it: a `GET` route is asked by `HEAD`, too. Absent: the route's own. */
  readonly method?: string | undefined;
  /** As it was asked for, without the query. */
  readonly path: string;
  /** Empty for a route that reads the body as it arrives. */
  readonly body: Buffer;
  /** The body as it arrives, for a route that asks for it so. */
  readonly stream?: Readable;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** What stands after the path; empty when absent. */
  readonly query?: URLSearchParams;
}

export interface HttpRouteAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream is destroyed when the client leaves before its end. */
  readonly body: string | Buffer | Readable;
}

/** A plain HTTP route a subgraph needs beside GraphQL, such as its JWKS document. */
export interface HttpRoute {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** `/.well-known/jwks.json`, or with a last `*` everything that begins so: `/avatars/*`. */
  readonly path: string;
  /** `stream`: the route gets the body as it arrives, and bounds its size and pace itself. Default `buffer`. */
  readonly body?: 'buffer' | 'stream';
  /** Throws `CivitasError` for what it refuses. */
  handle(request: HttpRouteRequest): Promise<HttpRouteAnswer>;
}

/** One subgraph, built and wired: what both shapes serve. Made by `defineSubgraph`. */
export interface Subgraph {
  readonly name: string;
  readonly typeDefs: DocumentNode;
  readonly schema: GraphQLSchema;
  readonly routes: readonly HttpRoute[];
  /** What it takes of others' events; it needs no `start` to apply again what is parked. */
  readonly consumers: readonly EventConsumer[];
  /** The GraphQL context value of one request, with its own loaders. */
  contextFor(origin: RequestOrigin): RequestContext;
  /** Starts relay, consumers and other background work. */
  start(): Promise<void>;
  /** Rejects when the database cannot answer. */
  ready(): Promise<void>;
  /** Stops background work, waits for what is under way, closes connections. */
  stop(): Promise<void>;
}
