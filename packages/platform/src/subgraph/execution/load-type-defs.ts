import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DocumentNode, parse, Source } from 'graphql';

const SHARED = fileURLToPath(new URL('../../scalars/shared.graphql', import.meta.url));

/**
 * The SDL of one subgraph: the shared part and every feature's `schema.graphql` below a folder, in
 * the order of their paths. Types that several features contribute to are `extend`ed.
 *
 * @throws GraphQLError with file and line when one of them does not parse.
 */
export function loadTypeDefs(directory: string): DocumentNode {
  const features = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('schema.graphql'))
    .sort()
    .map((path) => join(directory, path));
  const documents = [SHARED, ...features].map((path) => {
    return parse(new Source(readFileSync(path, 'utf8'), path));
  });
  return {
    kind: documents[0]?.kind as DocumentNode['kind'],
    definitions: documents.flatMap((document) => document.definitions),
  };
}
