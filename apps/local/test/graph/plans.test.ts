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
      "communities civilian",
      "content civilian",
      "finance family",
      "identity family.donationsReceived.edges.@.node.donor",
      "marketplace merchant",
    ]
  `);
});

test('a start page of mind maps takes one fetch of content and one of identity', () => {
  const plan = planOf('learn.graphql');
  expect(plan?.summary.map(({ subgraph }) => subgraph)).toEqual(['content', 'identity']);
});
