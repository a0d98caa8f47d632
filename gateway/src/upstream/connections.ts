import { CivitasError } from '@civitas/platform/errors';
import type { SubgraphTransport } from '@civitas/platform/subgraph';
import { connectSubgraph, type SubgraphConnection } from './connect-subgraph.ts';
import type { Upstream } from './upstream.ts';

/** The connections for one supergraph. */
interface Connected {
  /** By the names of the subgraphs. */
  readonly transports: ReadonlyMap<string, Upstream>;
  /** Closes those that were made for this supergraph, which is not going to be served. */
  undo(): Promise<void>;
}

/** Connects what a supergraph needs, and keeps what the one before it was connected to. */
export interface Connections {
  to(urls: ReadonlyMap<string, readonly string[]>): Connected;
  /** Asks a subgraph wherever it is at the time. */
  ask(name: string): SubgraphTransport['execute'];
}

export function createConnections(options: Omit<SubgraphConnection, 'name' | 'urls'>): Connections {
  const open = new Map<string, { readonly urls: string; readonly upstream: Upstream }>();

  return {
    ask: (name) => async (request, origin) => {
      const connection = open.get(name);
      if (!connection) throw new CivitasError('SUBGRAPH_UNAVAILABLE');
      return connection.upstream.execute(request, origin);
    },
    to: (wanted) => {
      const before = new Map(open);
      const made: Upstream[] = [];
      open.clear();
      for (const [name, urls] of wanted) {
        const known = before.get(name);
        if (known?.urls === urls.join()) {
          open.set(name, known);
          continue;
        }
        const upstream = connectSubgraph({ ...options, name, urls });
        made.push(upstream);
        open.set(name, { urls: urls.join(), upstream });
      }
      return {
        transports: new Map([...open].map(([name, { upstream }]) => [name, upstream])),
        undo: async () => {
          open.clear();
          for (const [name, each] of before) open.set(name, each);
          await Promise.all(made.map((upstream) => upstream.close()));
        },
      };
    },
  };
}
