import {
  createAccessTokenVerifier,
  createGateway,
  createMemoryCacheStore,
  type Gateway,
  type GraphiqlOptions,
  identityDirectory,
  inProcessTransport,
} from '@civitas/gateway';
import { connectEventBus } from '@civitas/platform/events';
import { connectPubSub } from '@civitas/platform/pubsub';
import type { Subgraph } from '@civitas/platform/subgraph';
import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
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
      keys: keysOf(subgraphs.identity),
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

/** Identity's public keys as other processes get them, kept and asked for again as those do. */
function keysOf(identity: Subgraph): JWTVerifyGetKey {
  const route = identity.routes.find(({ path }) => path === '/.well-known/jwks.json');
  if (!route) throw new Error('identity serves no JWKS document.');
  return createRemoteJWKSet(new URL(route.path, 'http://identity.invalid'), {
    [customFetch]: async () => {
      const { status, body } = await route.handle({
        path: route.path,
        body: Buffer.alloc(0),
        headers: {},
      });
      return new Response(body as string | Buffer<ArrayBuffer>, { status });
    },
  });
}
