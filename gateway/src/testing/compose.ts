import { composeServices } from '@apollo/composition';
import type { Subgraph } from '@civitas/platform/subgraph';
import { createLogger } from '@civitas/platform/telemetry';
import { stubSubgraph } from '@civitas/testkit/stub-subgraph';

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
  return stubSubgraph({ name, sdl: isLinked ? sdl : `${LINK}\n${sdl}`, resolvers });
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
