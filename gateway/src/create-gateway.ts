import type { EventBus } from '@civitas/platform/events';
import type { KeyValueStore } from '@civitas/platform/keyvalue';
import type { PubSub } from '@civitas/platform/pubsub';
import type { HttpRoute, SubgraphTransport } from '@civitas/platform/subgraph';
import type { Logger } from '@civitas/platform/telemetry';
import { type GraphQLSchema, OperationTypeNode } from 'graphql';
import { createAccessChanges } from './access/access-changes.ts';
import type { VerifyAccessToken } from './access/access-token.ts';
import { clientLocator, peerFinder } from './access/client-address.ts';
import { hidingClientDetails } from './access/client-details.ts';
import { NOTHING_DENIED } from './access/decide-access.ts';
import type { Policy } from './access/rules.ts';
import type { CacheStore } from './caching/cache-store.ts';
import { forgetByEvents } from './caching/forget-by-events.ts';
import { connectionLimitsFor } from './doors/connection-limit.ts';
import { type DoorTimeouts, defaultDoorTimeouts } from './doors/door.ts';
import type { GraphiqlOptions } from './doors/http/graphiql.ts';
import type { LargeBodies } from './doors/http/large-bodies.ts';
import { type GatewayServer, type ListenOptions, openDoors } from './doors/open-doors.ts';
import {
  createStreamLimit,
  defaultStreamLimits,
  type StreamLimits,
} from './doors/streams/stream-limit.ts';
import { describePlan, type ReadablePlan } from './execution/planner.ts';
import { defaultOperationLimits, type OperationLimits } from './operations/limits.ts';
import { selectOperation } from './operations/select-operation.ts';
import { actingWithinScopes } from './partners/acting-within-scopes.ts';
import type { ClientDirectory } from './partners/client-directory.ts';
import { type ClientPolicy, defaultClientPolicy } from './partners/client-policy.ts';
import { createClientRules } from './partners/client-rules.ts';
import type { Pipeline } from './pipeline/pipeline.ts';
import type { OperationRequest, OperationResponse } from './pipeline/types.ts';
import { createSubscriptionGroups } from './subscriptions/subscription-groups.ts';
import { createReloadableServing, type Reloaded } from './supergraph/reloading.ts';
import type { Transports } from './supergraph/serving.ts';
import { warmUp } from './supergraph/warm-up.ts';
import { showGatewayState } from './telemetry/gateway-gauges.ts';
import { observeFetches } from './telemetry/observe-fetches.ts';
import { createOperationObserver, operationNames } from './telemetry/observe-operations.ts';
import { type SubgraphStates, statesOf } from './telemetry/subgraph-states.ts';

export interface GatewayOptions {
  /** The composed supergraph. */
  readonly supergraphSdl: string;
  /** One per subgraph, by its name in the supergraph. Closed by `stop()`. */
  readonly transports: ReadonlyMap<string, SubgraphTransport>;
  readonly verifyAccessToken: VerifyAccessToken;
  /**
   * Where identity tells whose rights have changed; stays its maker's to close. Absent means that
   * access tokens say what holds until they expire.
   */
  readonly accessChanges?: PubSub;
  /** Who knows whose an API key is. Absent means that no API key is accepted. */
  readonly clients?: ClientDirectory;
  /** What holds for callers whose account says nothing else. */
  readonly clientPolicy?: Partial<ClientPolicy>;
  /**
   * Shared with other gateways: counts of requests, persisted queries. Closed by `stop()`. Absent means
   * that this is the only gateway.
   */
  readonly keyValue?: KeyValueStore;
  /** Addresses and networks whose `X-Forwarded-*` headers are believed. Default none. */
  readonly trustedProxies?: readonly string[];
  readonly log: Logger;
  /** Whether anybody may introspect the schema, and learn it from validation errors. */
  readonly introspection: boolean;
  readonly limits?: Partial<OperationLimits>;
  /** Decides names of `@policy`; every other holds for those of whom identity says it. */
  readonly policies?: ReadonlyMap<string, Policy>;
  /** After this a request is answered with what has arrived. Default 30 s. */
  readonly deadlineMs?: number;
  /** Results of one subscription that may wait for its client, before it is closed (1013). Default 1,000. */
  readonly maxQueuedResults?: number;
  /** Whether identical reads of one viewer that run at the same time are run once. Default true. */
  readonly shareReads?: boolean;
  /** Labels of progressive `@override`s that hold for everybody, beside `percent(n)`. Default none. */
  readonly overrideLabels?: readonly string[];
  /** Origins other than its own whose pages may call the gateway. Default none. */
  readonly corsOrigins?: readonly string[];
  /**
   * Origins other than its own whose pages may use session cookies; they may call, too. Default none:
   * whoever is listed acts for whoever visits.
   */
  readonly sessionOrigins?: readonly string[];
  /** Refuse what a foreign page can send without a preflight. Default true. */
  readonly csrfPrevention?: boolean;
  /** Of an HTTP request or a WebSocket message. Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Of HTTP requests of callers who say who they are, for imports. Default four at once of 8 MiB. */
  readonly largeBodies?: Partial<LargeBodies> | undefined;
  /** Plain routes served beside the graph, such as identity's JWKS document. */
  readonly routes?: readonly HttpRoute[];
  /** Defaults: 10 s for headers, 30 s for a request, 10 s to drain. */
  readonly timeouts?: Partial<DoorTimeouts>;
  /**
   * Sockets and streams that may be open at once. Defaults: 50,000; 1,000 of one address; 500 of one person
   * or account. Connections: 10,000 and 1,000 more.
   */
  readonly streamLimits?: Partial<StreamLimits>;
  /**
   * Where answers are remembered that the schema says may be (`@cacheControl`), and the bus that says
   * what has changed. Closed by `stop()`. Absent means that nothing is remembered.
   */
  readonly cache?: { readonly store: CacheStore; readonly bus?: EventBus };
  /** Measures operations, fetches and what is open, for the process's `/metrics`. Default false. */
  readonly measured?: boolean;
  /** Documents that clients are known to send: planned before the gateway says that it is ready. */
  readonly knownOperations?: readonly string[];
  /** The editor at `/`; absent means that there is none. */
  readonly graphiql?: GraphiqlOptions;
}

export interface Gateway {
  /** Answers one query or mutation, as every door does. Never rejects. */
  execute(request: OperationRequest): Promise<OperationResponse>;
  /** Answers any operation; a subscription with its results, when it could start. Never rejects. */
  open: Pipeline['open'];
  /** What clients see. */
  readonly schema: GraphQLSchema;
  /**
   * The plan of an operation for a viewer who may read everything.
   * @throws OperationRefused, CivitasError when the document cannot be run.
   */
  queryPlan(document: string, operationName?: string): ReadablePlan;
  /** Opens HTTP and WebSocket on one port. */
  listen(options: ListenOptions): Promise<GatewayServer>;
  /** Whether it can serve: the documents it knows of are planned, whatever its subgraphs do. */
  ready(): boolean;
  /** Asks every subgraph. Never rejects; takes two seconds at most. */
  subgraphStates(): Promise<SubgraphStates>;
  /**
   * Serves another supergraph without dropping anybody: requests that run finish on the old one,
   * open subscriptions go on by the new one.
   *
   * @param transports all that the new supergraph needs; the present ones when absent.
   * @throws SupergraphError when it cannot be served; the old one serves on.
   */
  reload(supergraphSdl: string, transports?: GatewayOptions['transports']): Promise<Reloaded>;
  /** Drains what `listen` opened (`drainMs` at most), then closes the transports. */
  stop(): Promise<void>;
}

const DEADLINE_MS = 30_000;
const MAX_BODY_BYTES = 1024 * 1024;
/** As much as a subgraph reads: 5 MiB of a file in base64, and what stands around it. */
const LARGE_BODIES: LargeBodies = { maxBytes: 8 * 1024 * 1024, maxAtOnce: 4 };

/**
 * Makes a gateway over one supergraph. Both shapes call this; they differ in the transports and in
 * where the keys come from. It makes no connection of its own.
 *
 * @throws SupergraphError when the supergraph cannot be served with these transports.
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { log, introspection, policies = new Map() } = options;
  const accessChanges = createAccessChanges(options.accessChanges, log);
  const verifyAccessToken: VerifyAccessToken = async (token) =>
    accessChanges.current(await options.verifyAccessToken(token));
  const policy = { ...defaultClientPolicy, ...options.clientPolicy };
  const clients = createClientRules({
    verifyAccessToken,
    directory: options.clients,
    accessChanges,
    keyValue: options.keyValue,
    policy,
    introspection,
    log,
  });
  const locate = clientLocator(options.trustedProxies);
  const { measured = false, knownOperations = [] } = options;
  const reached = reachingThrough((name, transport) => {
    const within = hidingClientDetails(name, actingWithinScopes(name, transport));
    return measured ? observeFetches(name, within) : within;
  });
  const subscriptions = createSubscriptionGroups({
    deadlineMs: options.deadlineMs ?? DEADLINE_MS,
    maxQueued: options.maxQueuedResults ?? 1_000,
  });
  const deadlineMs = options.deadlineMs ?? DEADLINE_MS;
  const heard = options.cache?.bus && forgetByEvents(options.cache.bus, options.cache.store);
  heard?.hear(options.transports.keys());
  const serving = createReloadableServing(options.supergraphSdl, reached(options.transports), {
    clients,
    defaultListSize: policy.defaultListSize,
    policies,
    deadlineMs,
    log,
    limits: { ...defaultOperationLimits, ...options.limits },
    shareReads: options.shareReads ?? true,
    activeLabels: new Set(options.overrideLabels),
    subscriptions,
    cache: options.cache && { store: options.cache.store, heard },
    observe: measured ? createOperationObserver(operationNames(knownOperations)) : undefined,
  });
  const streamLimits = { ...defaultStreamLimits, ...options.streamLimits };
  const streamLimit = createStreamLimit(streamLimits);
  const hideState = measured
    ? showGatewayState({
        transports: () => serving.current.transports,
        subscriptions: () => subscriptions.count(),
        streams: streamLimit.open,
        plans: () => serving.current.plans.counts,
      })
    : () => undefined;
  const pipeline: Pick<Pipeline, 'execute' | 'open'> = {
    execute: (request) => serving.current.pipeline.execute(request),
    open: ((request) => serving.current.pipeline.open(request)) as Pipeline['open'],
  };
  const ready = () => isWarm;
  let asked: Promise<SubgraphStates> | undefined;
  /** One question at a time, however many ask: anybody may. */
  const subgraphStates = () => {
    asked ??= statesOf(serving.current.transports, log).finally(() => {
      asked = undefined;
    });
    return asked;
  };
  let isWarm = options.knownOperations === undefined;
  const servers = new Set<GatewayServer>();
  const kinds = Object.values(OperationTypeNode);

  return {
    ...pipeline,
    get schema() {
      return serving.current.supergraph.schema;
    },
    ready,
    subgraphStates,
    reload: async (supergraphSdl, transports) => {
      // Before anything of a new subgraph can be remembered.
      if (transports) heard?.hear(transports.keys());
      return serving.reload(supergraphSdl, transports && reached(transports));
    },
    queryPlan: (text, operationName) => {
      const { documents, plans } = serving.current;
      const operation = selectOperation(documents.prepare(text, true), { operationName, kinds });
      return describePlan(plans.planFor(operation, NOTHING_DENIED).plan);
    },
    listen: async (where) => {
      const server = await openDoors(
        {
          ...pipeline,
          ready,
          subgraphStates,
          identify: clients.identify,
          accessChanges,
          locate,
          peerOf: peerFinder(options.trustedProxies),
          log,
          corsOrigins: new Set([...(options.corsOrigins ?? []), ...(options.sessionOrigins ?? [])]),
          sessionOrigins: new Set(options.sessionOrigins),
          csrfPrevention: options.csrfPrevention ?? true,
          maxBodyBytes: options.maxBodyBytes ?? MAX_BODY_BYTES,
          largeBodies: { ...LARGE_BODIES, ...options.largeBodies },
          routes: options.routes ?? [],
          graphiql: options.graphiql,
          timeouts: {
            ...defaultDoorTimeouts,
            stalledMs: Math.max(defaultDoorTimeouts.stalledMs, 2 * deadlineMs),
            ...options.timeouts,
          },
          streamLimit,
          connectionLimits: connectionLimitsFor(streamLimits),
        },
        where,
      );
      servers.add(server);
      // Alive from now on, ready when the plans are.
      void warmUp(serving.current, knownOperations, policies).then(() => {
        isWarm = true;
      });
      return server;
    },
    stop: async () => {
      await Promise.all([...servers].map((server) => server.close()));
      await accessChanges.stop();
      await clients.stop();
      await serving.close();
      await options.cache?.store.close();
      hideState();
    },
  };
}

/** The same transport is wrapped once, however often it comes: a reload compares them. */
function reachingThrough(wrap: (name: string, transport: SubgraphTransport) => SubgraphTransport) {
  const wrapped = new WeakMap<SubgraphTransport, SubgraphTransport>();
  const reach = (name: string, transport: SubgraphTransport) => {
    const known = wrapped.get(transport) ?? wrap(name, transport);
    wrapped.set(transport, known);
    return known;
  };
  return (transports: Transports): Transports =>
    new Map([...transports].map(([name, transport]) => [name, reach(name, transport)]));
}
