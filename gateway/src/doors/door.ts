import type { HttpRoute } from '@civitas/platform/subgraph';
import type { Logger } from '@civitas/platform/telemetry';
import type { AccessChanges } from '../access/access-changes.ts';
import type { FindPeer, LocateClient } from '../access/client-address.ts';
import type { Identify } from '../access/identify.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { SubgraphStates } from '../telemetry/subgraph-states.ts';
import type { ConnectionLimits } from './connection-limit.ts';
import type { GraphiqlOptions } from './http/graphiql.ts';
import type { LargeBodies } from './http/large-bodies.ts';
import type { StreamLimit } from './streams/stream-limit.ts';

/** How long the doors wait for somebody else, in milliseconds. */
export interface DoorTimeouts {
  /** For the headers of a request: who sends slower is holding the connection, not using it. */
  readonly headersMs: number;
  /** For a whole request, but for the uploads of files. */
  readonly requestMs: number;
  /** For the upload of a file, which may be large and the line slow. */
  readonly uploadMs: number;
  /** For what still runs when the doors close. */
  readonly drainMs: number;
  /** For the next sign of life while a request is answered: longer than an operation may take. */
  readonly stalledMs: number;
  /** For `connection_init` on a new WebSocket. */
  readonly initialisationMs: number;
  /** For the end of a WebSocket that has been closed. */
  readonly closingMs: number;
}

export const defaultDoorTimeouts: DoorTimeouts = {
  headersMs: 10_000,
  requestMs: 30_000,
  uploadMs: 300_000,
  drainMs: 10_000,
  stalledMs: 60_000,
  initialisationMs: 10_000,
  closingMs: 5_000,
};

/** What the doors stand before, and the rules of the house they keep. */
export interface DoorOptions {
  readonly execute: Pipeline['execute'];
  readonly open: Pipeline['open'];
  readonly ready: () => boolean;
  readonly subgraphStates: () => Promise<SubgraphStates>;
  readonly identify: Identify;
  readonly accessChanges: AccessChanges;
  readonly locate: LocateClient;
  readonly peerOf: FindPeer;
  readonly log: Logger;
  readonly corsOrigins: ReadonlySet<string>;
  /** Of these, whose pages may use session cookies. */
  readonly sessionOrigins: ReadonlySet<string>;
  readonly csrfPrevention: boolean;
  readonly maxBodyBytes: number;
  readonly largeBodies: LargeBodies;
  readonly routes: readonly HttpRoute[];
  readonly graphiql: GraphiqlOptions | undefined;
  readonly timeouts: DoorTimeouts;
  /** Sockets and streams of all doors. */
  readonly streamLimit: StreamLimit;
  readonly connectionLimits: ConnectionLimits;
}

/** Where the graph is served, by HTTP and WebSocket alike. */
export const GRAPHQL_PATH = '/graphql';

/** The path of a request target, without its query. */
export function pathOf(url: string | undefined): string {
  return url?.split('?', 1)[0] || '/';
}
