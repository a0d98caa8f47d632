import {
  createAccessTokenVerifier,
  createGateway,
  createKeySet,
  createMemoryCacheStore,
  type Gateway,
  type GraphiqlOptions,
  identityDirectory,
  inProcessTransport,
  type KeySet,
} from '@civitas/gateway';
import { connectEventBus } from '@civitas/platform/events';
import { connectPubSub } from '@civitas/platform/pubsub';
import type { Subgraph } from '@civitas/platform/subgraph';
import type { Logger } from '@civitas/platform/telemetry';
import { appOrigins, tokenAudience, tokenIssuer } from './addresses.ts';
import { subgraphNames } from './subgraph-names.ts';
import { createSubgraphs, type SubgraphOptions } from './subgraphs.ts';

interface InProcessGraphOptions extends Omit<SubgraphOptions, 'bus' | 'accessChanges'> {
  readonly supergraphSdl: string;
  readonly trustedProxies?: readonly string[];
  readonly graphiql?: GraphiqlOptions;
  /** Whether the gateway measures, for this process's `/metrics` and traces. */
  readonly measured?: boolean;
  /** Documents that clients are known to send. */
  readonly knownOperations?: readonly string[];
}

export interface InProcessGraph {
  readonly gateway: Gateway;
  /** Drains the gateway, then stops the subgraphs and the bus. */
  stop(): Promise<void>;
}

/** The one-process shape: all subgraphs and the gateway, with function calls between them. */
export async function startInProcessGraph(options: InProcessGraphOptions): Promise<InProcessGraph> {
  const { supergraphSdl, graphiql, log } = options;
  const bus = connectEventBus({ redisUrl: undefined, log });
  const accessChanges = connectPubSub({ redisUrl: undefined, log });
  const subgraphs = await createSubgraphs({ ...options, bus, accessChanges });
  const transports = new Map(
    subgraphNames.map((name) => [name, inProcessTransport(subgraphs[name])]),
  );
  const gateway = await createGateway({
    supergraphSdl,
    transports,
    accessChanges,
    ...(options.trustedProxies && { trustedProxies: options.trustedProxies }),
    clients: identityDirectory(inProcessTransport(subgraphs.identity)),
    verifyAccessToken: createAccessTokenVerifier({
      keys: keysOf(subgraphs.identity, log),
      issuer: tokenIssuer,
      audience: tokenAudience,
      ...(options.now && { now: options.now }),
    }),
    routes: subgraphNames.flatMap((name) => subgraphs[name].routes),
    sessionOrigins: appOrigins(options.publicUrl).split(','),
    introspection: true,
    log,
    ...(graphiql && { graphiql }),
    cache: { store: createMemoryCacheStore(), bus },
    ...(options.measured !== undefined && { measured: options.measured }),
    ...(options.knownOperations && { knownOperations: options.knownOperations }),
  });
  await Promise.all(subgraphNames.map((name) => subgraphs[name].start()));
  await bus.start();
  return {
    gateway,
    stop: async () => {
      await gateway.stop();
      // Deliveries need the databases, so they end before these are closed.
      await bus.close();
      await Promise.all(subgraphNames.map((name) => subgraphs[name].stop()));
    },
  };
}

/** Identity's public keys, kept and asked for again as other processes do. */
function keysOf(identity: Subgraph, log: Logger): KeySet['getKey'] {
  const route = identity.routes.find(({ path }) => path === '/.well-known/jwks.json');
  if (!route) throw new Error('identity serves no JWKS document.');
  const fetch = async () => {
    const asked = { path: route.path, body: Buffer.alloc(0), headers: {} };
    return (await route.handle(asked)).body as string;
  };
  return createKeySet({ fetch, log }).getKey;
}
