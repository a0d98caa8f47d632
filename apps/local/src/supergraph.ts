import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadTypeDefs } from '@civitas/platform/subgraph';
import { print } from 'graphql';
import { CompositionError } from './composition-error.ts';
import { type SubgraphName, subgraphNames } from './subgraph-names.ts';

const root = new URL('../../../', import.meta.url);
export const supergraphPath = fileURLToPath(new URL('supergraph.graphql', root));

/**
 * The supergraph of the SDL as it is now: the committed one while it is fresh, else composed anew
 * and written, so that a changed schema is served at the next start and seen in the diff.
 *
 * @throws CompositionError
 */
export async function freshSupergraph(): Promise<string> {
  const committed = await readFile(supergraphPath, 'utf8').catch(() => '');
  if (committed.startsWith(headerOf(typeDefs()))) return committed;
  const composed = await composeSupergraph();
  await writeFile(supergraphPath, composed);
  return composed;
}

/** @throws CompositionError */
export async function composeSupergraph(): Promise<string> {
  // Composition takes longer to load than to run, and most starts need none.
  const { composeServices } = await import('@apollo/composition');
  const services = typeDefs();
  const composed = composeServices(
    services.map(({ name, document }) => ({
      name,
      // Where a subgraph listens in docker-compose.yml; other set-ups say so to the gateway.
      url: `http://${name}:4001/graphql`,
      typeDefs: document,
    })),
  );
  if (composed.errors) {
    throw new CompositionError(composed.errors.map(({ message }) => message).join('\n'));
  }
  return `${headerOf(services)}\n${composed.supergraphSdl}`;
}

function typeDefs() {
  return subgraphNames.map((name: SubgraphName) => ({
    name,
    document: loadTypeDefs(fileURLToPath(new URL(`subgraphs/${name}/src`, root))),
  }));
}

/** Says of which SDL a supergraph was composed. */
function headerOf(services: ReturnType<typeof typeDefs>): string {
  const hash = createHash('sha256');
  for (const { name, document } of services) hash.update(`${name}\0${print(document)}\0`);
  return `# Composed by \`npm run compose\` from the subgraphs' SDL; sha256 ${hash.digest('hex')}`;
}
