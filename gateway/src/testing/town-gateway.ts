import { CivitasError } from '@civitas/platform/errors';
import type { Subgraph, SubgraphTransport, UserViewer } from '@civitas/platform/subgraph';
import { createGateway, type Gateway, type GatewayOptions } from '../create-gateway.ts';
import { inProcessTransport } from '../execution/transports/in-process.ts';
import { compose, silent } from './compose.ts';
import { identity, library, trade } from './town.ts';

/** Signed in as `u1`'s owner, with these scopes. */
export const userWith = (...scopes: readonly string[]): UserViewer => ({
  type: 'user',
  id: 'usr_1',
  kind: 'CIVILIAN',
  roles: [],
  scopes,
  sessionId: 'ses_1',
});

const subgraphs: readonly Subgraph[] = [identity(), trade(), library()];
const supergraphSdl = compose(subgraphs);

interface TownOptions extends Partial<Omit<GatewayOptions, 'transports'>> {
  /** Instead of the working transport of a subgraph. */
  readonly instead?: Readonly<Record<string, SubgraphTransport>>;
}

/**
 * A gateway over the miniature town. The access token `good` is a user with the scope `books:secret`;
 * every other token is refused.
 */
export function townGateway({ instead = {}, ...options }: TownOptions = {}): Promise<Gateway> {
  const transports = new Map(
    subgraphs.map((subgraph) => [
      subgraph.name,
      instead[subgraph.name] ?? inProcessTransport(subgraph),
    ]),
  );
  return createGateway({
    supergraphSdl,
    transports,
    verifyAccessToken: async (token) => {
      if (token !== 'good') throw new CivitasError('UNAUTHENTICATED');
      return userWith('books:secret');
    },
    log: silent,
    introspection: true,
    policies: new Map([
      ['keyholder', (viewer) => viewer.type === 'user' && viewer.roles.includes('KEYS')],
    ]),
    ...options,
  });
}

/** A subgraph that cannot be reached. */
export const unreachable: SubgraphTransport = {
  execute: async () => {
    throw new CivitasError('SUBGRAPH_UNAVAILABLE', { cause: new Error('connect http://10.0.0.7') });
  },
  subscribe: async () => {
    throw new CivitasError('SUBGRAPH_UNAVAILABLE');
  },
  ready: async () => {
    throw new CivitasError('SUBGRAPH_UNAVAILABLE');
  },
  close: async () => undefined,
};
