import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { NOTHING_DENIED } from '../access/decide-access.ts';
import { createGateway } from '../create-gateway.ts';
import { createPlanner } from '../execution/planner.ts';
import { inProcessTransport } from '../execution/transports/in-process.ts';
import { createDocumentStore } from '../operations/document-store.ts';
import { defaultOperationLimits } from '../operations/limits.ts';
import { createPlanStore } from '../operations/plan-store.ts';
import { compose, miniSubgraph, silent } from '../testing/compose.ts';
import { userWith } from '../testing/town-gateway.ts';
import { loadSupergraph } from './load-supergraph.ts';
import { decidingOverrides } from './override-labels.ts';

/** Leaves whose colour moves from the old subgraph to the new one, as far as the label says. */
function moving(label: string) {
  const colored = (color: string) => ({ Leaf: { __resolveReference: () => ({ id: '1', color }) } });
  return [
    miniSubgraph(
      'fresh',
      `type Leaf @key(fields: "id") { id: ID! color: String @override(from: "old", label: "${label}") }`,
      colored('new'),
    ),
    miniSubgraph(
      'old',
      'type Query { leaf: Leaf } type Leaf @key(fields: "id") { id: ID! color: String }',
      { ...colored('old'), Query: { leaf: () => ({ id: '1', color: 'old' }) } },
    ),
  ];
}

/** Who answers the colour for each of these users. */
async function colorsFor(label: string, ids: readonly string[], overrideLabels: string[] = []) {
  const subgraphs = moving(label);
  const gateway = await createGateway({
    supergraphSdl: compose(subgraphs),
    transports: new Map(subgraphs.map((each) => [each.name, inProcessTransport(each)])),
    verifyAccessToken: async () => userWith(),
    log: silent,
    introspection: true,
    overrideLabels,
  });
  onTestFinished(() => gateway.stop());
  const answers = ids.map(async (id) => {
    const viewer = { ...userWith(), id };
    const { result } = await gateway.execute({ query: '{ leaf { color } }', viewer });
    return (result.data?.['leaf'] as { color: string } | null)?.color;
  });
  return await Promise.all(answers);
}

const users = Array.from({ length: 200 }, (_, index) => `usr_${index}`);
const ofNew = (colors: readonly (string | undefined)[]) =>
  colors.filter((color) => color === 'new').length;

describe('a field that is taken over for a share of the callers', () => {
  test.each([
    ['percent(0)', 0],
    ['percent(100)', 200],
  ])('%s', async (label, expected) => {
    expect(ofNew(await colorsFor(label, users))).toBe(expected);
  });

  test('is answered by the new subgraph for about that share, always for the same callers', async () => {
    const colors = await colorsFor('percent(30)', users);
    expect(ofNew(colors)).toBeGreaterThan(40);
    expect(ofNew(colors)).toBeLessThan(80);
    expect(await colorsFor('percent(30)', users)).toEqual(colors);
    // Who is among thirty of a hundred is among sixty too.
    const wider = await colorsFor('percent(60)', users);
    expect(colors.every((color, at) => color !== 'new' || wider[at] === 'new')).toBe(true);
  });

  test('stays where it was for callers of whom nothing is known', () => {
    const decide = decidingOverrides(['percent(100)', 'percent(99)'], new Set());
    expect([...decide(undefined).conditions]).toEqual([
      ['percent(100)', true],
      ['percent(99)', false],
    ]);
  });
});

test('a label of one’s own holds for everybody when it is named, else for nobody', async () => {
  expect(ofNew(await colorsFor('autumn', users.slice(0, 3), ['autumn']))).toBe(3);
  expect(ofNew(await colorsFor('autumn', users.slice(0, 3), ['winter']))).toBe(0);
});

test('a name that the supergraph does not know is said in the log', async () => {
  const warn = vi.spyOn(silent, 'warn');
  onTestFinished(() => warn.mockRestore());
  await colorsFor('autumn', [], ['autumn']);
  expect(warn).not.toHaveBeenCalled();
  await colorsFor('autumn', [], ['autumn', 'autum']);
  expect(warn).toHaveBeenCalledWith(
    { labels: ['autum'] },
    'override labels that the supergraph does not know',
  );
});

test('an operation is planned once for every set of labels that hold', async () => {
  const supergraph = loadSupergraph(compose(moving('percent(50)')));
  expect(supergraph.overrideLabels).toEqual(['percent(50)']);
  const plans = createPlanStore(createPlanner(supergraph), supergraph.planNames);
  const decide = decidingOverrides(supergraph.overrideLabels, new Set());
  const limits = defaultOperationLimits;
  const documents = createDocumentStore({ supergraph, limits, defaultListSize: 10 });
  const [operation] = documents.prepare('{ leaf { color } }', true).operations;
  if (!operation) throw new Error('No operation.');
  const made = new Set(users.map((id) => plans.planFor(operation, NOTHING_DENIED, decide(id))));
  expect(made.size).toBe(2);
  expect(plans.counts).toEqual({ hits: 198, misses: 2 });
});

test('a supergraph without labels decides nothing', () => {
  expect(decidingOverrides([], new Set(['autumn']))('usr_1').key).toBe('');
});
