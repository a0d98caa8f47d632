import {
  createAccessTokenVerifier,
  createGateway,
  type Gateway,
  type GraphiqlOptions,
  identityDirectory,
  inProcessTransport,
} from '@civitas/gateway';
import { connectEventBus } from '@civitas/platform/events';
import type { Subgraph } from '@civitas/platform/subgraph';
import { createLocalJWKSet } from 'jose';
import { subgraphNames } from './subgraph-names.ts';
import { createSubgraphs, type SubgraphOptions, tokenAudience, tokenIssuer } from './subgraphs.ts';

interface InProcessGraphOptions extends Omit<SubgraphOptions, 'bus'> {
  readonly supergraphSdl: string;
  readonly graphiql?: GraphiqlOptions;
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
  const subgraphs = await createSubgraphs({ ...options, bus });
  const transports = new Map(
    subgraphNames.map((name) => [name, inProcessTransport(subgraphs[name])]),
  );
  const gateway = await createGateway({
    supergraphSdl,
    transports,
    clients: identityDirectory(inProcessTransport(subgraphs.identity)),
    verifyAccessToken: createAccessTokenVerifier({
      keys: createLocalJWKSet(await jwksOf(subgraphs.identity)),
      issuer: tokenIssuer,
      audience: tokenAudience,
      ...(options.now && { now: options.now }),
    }),
    routes: subgraphNames.flatMap((name) => subgraphs[name].routes),
    introspection: true,
    log,
    ...(graphiql && { graphiql }),
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

/** Identity's public keys, by the same route that other processes fetch them from. */
async function jwksOf(identity: Subgraph) {
  const route = identity.routes.find(({ path }) => path === '/.well-known/jwks.json');
  if (!route) throw new Error('identity serves no JWKS document.');
  return JSON.parse((await route.handle({ body: Buffer.alloc(0), headers: {} })).body);
}
