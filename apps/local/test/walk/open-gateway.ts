import { createGateway, identityDirectory, inProcessTransport } from '@civitas/gateway';
import { ANONYMOUS } from '@civitas/platform/subgraph';
import { createLogger } from '@civitas/platform/telemetry';
import { subgraphNames } from '../../src/subgraph-names.ts';
import { composeSupergraph } from '../../src/supergraph.ts';
import type { OpenSubgraphs } from '../set-up/open-subgraphs.ts';

const ANY = 1_000_000;

/** A gateway over subgraphs that are open already, for operations larger than any client's. */
export async function openGateway(subgraphs: OpenSubgraphs['subgraphs']) {
  return createGateway({
    supergraphSdl: await composeSupergraph(),
    transports: new Map(subgraphNames.map((name) => [name, inProcessTransport(subgraphs[name])])),
    clients: identityDirectory(inProcessTransport(subgraphs.identity)),
    verifyAccessToken: async () => ANONYMOUS,
    log: createLogger({ name: 'test', level: 'silent' }),
    introspection: true,
    limits: { maxTokens: ANY, maxFields: ANY, maxAliases: ANY },
    clientPolicy: { maximumCost: { anonymous: ANY * ANY, user: ANY * ANY, program: ANY * ANY } },
  });
}
