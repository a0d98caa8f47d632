import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { useGraph } from './use-graph.ts';

const graph = useGraph('one process');

function planOf(file: string) {
  const text = readFileSync(new URL(`../../../../operations/${file}`, import.meta.url), 'utf8');
  return graph.inProcess?.gateway.queryPlan(text);
}

test('the Town query takes one fetch of identity, then one or two of each of the others', () => {
  const plan = planOf('town.graphql');
  const fetches = plan?.summary.map(({ subgraph, path }) => `${subgraph} ${path}`.trim());
  expect(fetches).toMatchInlineSnapshot(`
    [
      "identity",
      "communities civilian_1",
      "content civilian_1",
      "finance family_1",
      "identity family_1.donationsReceived.edges.@.node.donor",
      "marketplace merchant_1",
    ]
  `);
});

test('a start page of mind maps takes one fetch of content and one of identity', () => {
  const plan = planOf('learn.graphql');
  expect(plan?.summary.map(({ subgraph }) => subgraph)).toEqual(['content', 'identity']);
});
