import { fc } from '@civitas/testkit/random';
import type { FormattedExecutionResult } from 'graphql';
import { describe, expect, test } from 'vitest';
import { randomQueries } from '../testing/random-queries.ts';
import type { AuditCase, Fixture } from './fixture.ts';
import { type AuditGraph, graphOf } from './graph-of.ts';
import { suites } from './suites.ts';

const RANDOM_OPERATIONS = 6;

const graphs = new Map<Fixture, Promise<AuditGraph>>();

/** Composed once, by whichever test comes first. */
function graphFor(suite: Fixture): Promise<AuditGraph> {
  const graph = graphs.get(suite) ?? graphOf(suite);
  graphs.set(suite, graph);
  return graph;
}

const named = (suite: Fixture) => [suite.about, suite] as const;
const certain = suites.filter(({ hasOracle = true }) => hasOracle);

describe.each(suites.map(named))('%s', (_, suite) => {
  test.each(suite.cases.map((each, at) => [at + 1, each] as const))(
    'case %i',
    async (__, { query, variables, data, errors = data === undefined }: AuditCase) => {
      const { ask } = await graphFor(suite);
      const answer = await ask(query, variables);
      const told = (answer.errors ?? []).map(({ message }) => message);
      expect({ query, data: answer.data, isFailing: told.length > 0, told }).toEqual({
        query,
        data,
        isFailing: errors,
        told: expect.any(Array),
      });
    },
  );
});

test.each(certain.map(named))('one schema answers what the cases expect: %s', async (_, suite) => {
  const { askOracle } = await graphFor(suite);
  const answers = suite.cases.filter(({ data, errors }) => data && !errors);
  for (const { query, variables, data } of answers) {
    const answer = plain(await askOracle(query, variables));
    expect({ query, ...answer }).toEqual({ query, data, isFailing: false });
  }
  expect(answers.length).toBeGreaterThan(0);
});

test.each(certain.filter(({ random }) => random !== false).map(named))(
  'random operations are answered as by one schema: %s',
  async (_, suite) => {
    const { ask, askOracle, supergraph } = await graphFor(suite);
    const queries = randomQueries(supergraph.schema, suite.random || {});
    await fc.assert(
      fc.asyncProperty(queries, async (query) => {
        const [ours, oracles] = [await ask(query), await askOracle(query)];
        expect({ query, ...plain(ours) }).toEqual({ query, ...plain(oracles) });
      }),
      { numRuns: RANDOM_OPERATIONS },
    );
  },
);

function plain({ data, errors = [] }: FormattedExecutionResult) {
  return { data: JSON.parse(JSON.stringify(data ?? null)), isFailing: errors.length > 0 };
}
