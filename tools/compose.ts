import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { composeServices } from '@apollo/composition';
import { loadTypeDefs } from '@civitas/platform/subgraph';

/**
 * Composes the supergraph from the SDL of the subgraphs, without starting any of them.
 * `--check` only says whether the committed `supergraph.graphql` is fresh.
 */
const SUPERGRAPH = 'supergraph.graphql';

const composed = composeServices(
  readdirSync('subgraphs')
    .sort()
    .map((name) => ({
      name,
      // Where a subgraph listens in docker-compose.yml; other set-ups say so to the gateway.
      url: `http://${name}:4001/graphql`,
      typeDefs: loadTypeDefs(`subgraphs/${name}/src`),
    })),
);

if (composed.errors) {
  for (const error of composed.errors) console.error(`compose: ${error.message}`);
  process.exit(1);
}

if (process.argv.includes('--check')) {
  if (readFileSync(SUPERGRAPH, 'utf8') !== composed.supergraphSdl) {
    console.error(`compose: ${SUPERGRAPH} is stale; run \`npm run compose\` and commit it.`);
    process.exit(1);
  }
} else {
  writeFileSync(SUPERGRAPH, composed.supergraphSdl);
}
