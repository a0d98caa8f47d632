import { describe, expect, test } from 'vitest';
import type { AuditCase, Fixture } from './fixture.ts';
import { graphOf } from './graph-of.ts';
import { suites } from './suites.ts';

describe.each(suites.map((suite) => [suite.about, suite] as const))('%s', (_, suite: Fixture) => {
  const graph = graphOf(suite);

  test.each(suite.cases.map((each, at) => [at + 1, each] as const))(
    'case %i',
    async (__, { query, variables, data, errors = data === undefined }: AuditCase) => {
      const { ask } = await graph;
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

/** Suites by name in which one schema answers what the graph should. */
const certain = suites
  .filter(({ hasOracle = true }) => hasOracle)
  .map((suite) => [suite.about, suite] as const);

test.each(certain)('one schema answers what is expected: %s', async (_, suite) => {
  const { askOracle } = await graphOf(suite);
  const answers = suite.cases.filter(({ data, errors }) => data && !errors);
  for (const { query, variables, data } of answers) {
    const answer = JSON.parse(JSON.stringify(await askOracle(query, variables)));
    expect({ query, answer }).toEqual({ query, answer: { data } });
  }
  expect(answers.length).toBeGreaterThan(0);
});
