import type { SubgraphRequest } from '@civitas/platform/subgraph';

/** Plans send `query` documents for reads, each with its keyword or as a bare selection set. */
export function isRead({ query }: SubgraphRequest): boolean {
  return query.startsWith('query') || query.startsWith('{');
}
