/** Every subgraph of the graph, in the order in which they start. */
export const subgraphNames = [
  'identity',
  'content',
  'marketplace',
  'communities',
  'finance',
] as const;

export type SubgraphName = (typeof subgraphNames)[number];
