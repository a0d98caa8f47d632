import { buildSubgraphSchema } from '@apollo/subgraph';
import type { HttpRoute, Subgraph } from '@civitas/platform/subgraph';
import { createLogger, type Logger } from '@civitas/platform/telemetry';
import { parse } from 'graphql';

interface Stub {
  readonly name: string;
  readonly sdl: string;
  /** By type and field. */
  readonly resolvers: Readonly<Record<string, object>>;
  /** Default: none. */
  readonly routes?: readonly HttpRoute[];
  /** Default: silent. */
  readonly log?: Logger;
}

/** A subgraph of a few lines: no database, no events, and no work of its own. */
export function stubSubgraph({ name, sdl, resolvers, routes = [], log }: Stub): Subgraph {
  const typeDefs = parse(sdl);
  const logOfRequests = log ?? createLogger({ name, level: 'silent' });
  return {
    name,
    typeDefs,
    schema: buildSubgraphSchema({ typeDefs, resolvers: resolvers as never }),
    routes,
    consumers: [],
    contextFor: (origin) => ({ ...origin, now: () => new Date(), log: logOfRequests }),
    start: async () => undefined,
    ready: async () => undefined,
    stop: async () => undefined,
  };
}
