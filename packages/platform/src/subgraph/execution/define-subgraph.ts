import { buildSubgraphSchema } from '@apollo/subgraph';
import type { EventConsumer } from '../../events/index.ts';
import { sharedResolvers } from '../../scalars/index.ts';
import type { Logger } from '../../telemetry/index.ts';
import type { HttpRoute, RequestContext, Subgraph } from '../types.ts';
import { loadTypeDefs } from './load-type-defs.ts';
import { LogOfRequest } from './request-log.ts';

type ResolverMap = NonNullable<
  Extract<Parameters<typeof buildSubgraphSchema>[0], { typeDefs: unknown }>['resolvers']
>;

interface SubgraphDefinition<Context extends RequestContext> {
  readonly name: string;
  /** The folder whose `schema.graphql` files make up the SDL: `import.meta.dirname`. */
  readonly directory: string;
  /** One map per feature; merged by type. */
  readonly resolvers: readonly object[];
  /** Adds the subgraph's own parts to a request: database, loaders. Called once per request. */
  readonly context: (request: RequestContext) => Context;
  readonly log: Logger;
  readonly now?: () => Date;
  readonly routes?: readonly HttpRoute[];
  readonly consumers?: readonly EventConsumer[];
  /** Rejects when the subgraph cannot answer. */
  readonly ready: () => Promise<void>;
  readonly start?: () => Promise<void> | void;
  readonly stop: () => Promise<void>;
}

/**
 * Builds a subgraph from its features. Both shapes serve the result.
 *
 * @throws when SDL and resolvers do not fit together.
 */
export function defineSubgraph<Context extends RequestContext>(
  definition: SubgraphDefinition<Context>,
): Subgraph {
  const typeDefs = loadTypeDefs(definition.directory);
  const resolvers = mergeResolvers([sharedResolvers, ...definition.resolvers]);
  const now = definition.now ?? (() => new Date());
  return {
    name: definition.name,
    typeDefs,
    schema: buildSubgraphSchema({ typeDefs, resolvers }),
    routes: definition.routes ?? [],
    consumers: definition.consumers ?? [],
    contextFor: (origin) => {
      const log = new LogOfRequest(definition.log, origin.requestId);
      return definition.context({ ...origin, now, log });
    },
    start: async () => definition.start?.(),
    ready: definition.ready,
    stop: definition.stop,
  };
}

/** Several features contribute fields to one type (`Query`, `User`): merge one level deep. */
function mergeResolvers(maps: readonly object[]): ResolverMap {
  const merged: Record<string, object> = {};
  for (const map of maps) {
    for (const [type, fields] of Object.entries(map)) {
      const known = merged[type];
      merged[type] = known === undefined ? fields : { ...known, ...fields };
    }
  }
  return merged as ResolverMap;
}
