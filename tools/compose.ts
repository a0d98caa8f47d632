import { readFile, writeFile } from 'node:fs/promises';
import { CompositionError } from '../apps/local/src/composition-error.ts';
import { composeSupergraph, supergraphPath } from '../apps/local/src/supergraph.ts';

/**
 * Composes the supergraph from the SDL of the subgraphs, without starting any of them.
 * `--check` only says whether the committed `supergraph.graphql` is fresh.
 */
try {
  const composed = await composeSupergraph();
  if (!process.argv.includes('--check')) await writeFile(supergraphPath, composed);
  else if ((await readFile(supergraphPath, 'utf8')) !== composed) {
    throw new CompositionError('supergraph.graphql is stale; run `npm run compose` and commit it.');
  }
} catch (error) {
  if (!(error instanceof CompositionError)) throw error;
  console.error(`compose: ${error.message}`);
  process.exitCode = 1;
}
