import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import type { RequestOrigin, Subgraph } from '@civitas/platform/subgraph';
import { createLogger } from '@civitas/platform/telemetry';
import { parse } from 'graphql';

type Resolvers = NonNullable<
  Extract<Parameters<typeof buildSubgraphSchema>[0], { typeDefs: unknown }>['resolvers']
>;

export const silent = createLogger({ name: 'test', level: 'silent' });

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@shareable", "@external", "@requires", "@provides", "@override", "@inaccessible",
  "@interfaceObject", "@authenticated", "@requiresScopes", "@policy", "@cost", "@listSize",
  "@context", "@fromContext", "@extends"])`;

/** Before the SDL of a subgraph that knows federation 1 only. */
export const FEDERATION_1 = '# federation 1\n';

/** A subgraph of a few lines, without a database; SDL that links federation itself is left so. */
export function miniSubgraph(
  name: string,
  sdl: string,
  resolvers: Readonly<Record<string, object>>,
): Subgraph {
  const isLinked = sdl.startsWith(FEDERATION_1) || sdl.includes('@link');
  const typeDefs = parse(isLinked ? sdl : `${LINK}\n${sdl}`);
  return {
    name,
    typeDefs,
    schema: buildSubgraphSchema({ typeDefs, resolvers: resolvers as Resolvers }),
    routes: [],
    consumers: [],
    contextFor: (origin: RequestOrigin) => ({ ...origin, now: () => new Date(), log: silent }),
    start: async () => undefined,
    ready: async () => undefined,
    stop: async () => undefined,
  };
}

/** The supergraph of these subgraphs; fails the test with the composer's reasons. */
export function compose(subgraphs: readonly Subgraph[]): string {
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map(({ name, typeDefs }) => ({
      name,
      typeDefs,
      url: `http://${name}.internal/graphql`,
    })),
  );
  if (supergraphSdl === undefined)
    throw new Error(errors?.map(({ message }) => message).join('\n'));
  return supergraphSdl;
}
