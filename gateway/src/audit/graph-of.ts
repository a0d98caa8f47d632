import type { Logger } from '@civitas/platform/telemetry';
import type { FormattedExecutionResult } from 'graphql';
import { createGateway, type Gateway } from '../create-gateway.ts';
import { inProcessTransport } from '../execution/transports/in-process.ts';
import { type LoadedSupergraph, loadSupergraph } from '../supergraph/load-supergraph.ts';
import { compose, silent } from '../testing/compose.ts';
import type { Entry, Fixture } from './fixture.ts';
import { type AskOracle, oracleOf } from './oracle.ts';
import { subgraphOf } from './subgraph-of.ts';

/** A fixture behind the real gateway, and beside it the same world as one schema. */
export interface AuditGraph {
  readonly gateway: Gateway;
  readonly supergraph: LoadedSupergraph;
  /** Through the whole pipeline, as an anonymous client. */
  ask(query: string, variables?: Entry): Promise<FormattedExecutionResult>;
  readonly askOracle: AskOracle;
}

export async function graphOf(fixture: Fixture, log: Logger = silent): Promise<AuditGraph> {
  const subgraphs = Object.entries(fixture.subgraphs).map(([name, sdl]) =>
    subgraphOf(name, sdl, fixture),
  );
  const supergraphSdl = compose(subgraphs);
  const supergraph = loadSupergraph(supergraphSdl);
  const gateway = await createGateway({
    supergraphSdl,
    transports: new Map(subgraphs.map((each) => [each.name, inProcessTransport(each)])),
    verifyAccessToken: async () => ({ type: 'anonymous' }),
    log,
    introspection: true,
    // What operations cost is judged elsewhere.
    clientPolicy: { maximumCost: { anonymous: 1e9, user: 1e9, program: 1e9 } },
  });
  return {
    gateway,
    supergraph,
    ask: async (query, variables) => (await gateway.execute({ query, variables })).result,
    askOracle: oracleOf(fixture, supergraph),
  };
}
