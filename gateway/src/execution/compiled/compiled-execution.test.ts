import { ANONYMOUS, type SubgraphTransport } from '@civitas/platform/subgraph';
import { fc } from '@civitas/testkit/random';
import { type GraphQLError, OperationTypeNode, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { NOTHING_DENIED } from '../../access/decide-access.ts';
import { coerceVariables } from '../../operations/coerce-variables.ts';
import { createDocumentStore } from '../../operations/document-store.ts';
import { defaultOperationLimits } from '../../operations/limits.ts';
import { createPlanStore } from '../../operations/plan-store.ts';
import { loadSupergraph } from '../../supergraph/load-supergraph.ts';
import { createApolloExecution } from '../../testing/apollo-execution.ts';
import { arbitraryOperation } from '../../testing/arbitrary-operation.ts';
import { compose } from '../../testing/compose.ts';
import { catalog, pricing, shipping } from '../../testing/market.ts';
import { identity, library, trade } from '../../testing/town.ts';
import { createPlanner } from '../planner.ts';
import { inProcessTransport } from '../transports/in-process.ts';
import type { ExecutePlan, RawResult } from '../types.ts';
import { createCompiledExecution } from './compiled-execution.ts';

/** Both executors over the same subgraphs. */
function contest(subgraphs: Parameters<typeof compose>[0]) {
  const supergraph = loadSupergraph(compose(subgraphs));
  const transports = new Map<string, SubgraphTransport>(
    subgraphs.map((subgraph) => [subgraph.name, inProcessTransport(subgraph)]),
  );
  const limits = { ...defaultOperationLimits, maxTokens: 100_000, maxDepth: 100 };
  const documents = createDocumentStore({ supergraph, limits, defaultListSize: 10 });
  const plans = createPlanStore(createPlanner(supergraph), supergraph.planNames);
  const executors = [
    createCompiledExecution(supergraph, transports).executePlan,
    createApolloExecution(supergraph, transports),
  ] as const;

  async function run(executePlan: ExecutePlan, query: string, given: Record<string, unknown>) {
    const operation = documents.prepare(query, true).operations[0];
    if (!operation) throw new Error('No operation.');
    const variables = coerceVariables(supergraph.schema, operation.node, given, true);
    const signal = new AbortController().signal;
    const mayBeRemembered = operation.node.operation === OperationTypeNode.QUERY;
    const origin = { viewer: ANONYMOUS, requestId: 'request-1', signal, mayBeRemembered };
    const planned = plans.planFor(operation, NOTHING_DENIED);
    const raw = await executePlan({ planned, variables, origin });
    // Written before the data is made, as the HTTP door does it.
    const { text } = raw;
    if (text !== undefined) expect(text).toBe(JSON.stringify(raw.data ?? null));
    return comparable(raw);
  }

  return {
    schema: supergraph.schema,
    both: async (query: string, variables: Record<string, unknown> = {}) => {
      const [ours, apollos] = executors;
      return [await run(ours, query, variables), await run(apollos, query, variables)] as const;
    },
  };
}

/**
 * What must be equal: not the order of keys, in which Apollo does not follow the operation, nor the
 * places of errors, which it counts without the items that are null.
 */
function comparable({ data, errors, completionErrors }: RawResult) {
  const code = ({ extensions }: GraphQLError) => extensions['code'] ?? 'none';
  const isExplained = errors.length > 0;
  return {
    data: JSON.parse(JSON.stringify(data ?? null)),
    errors: [...new Set(errors.map(code))].sort(),
    misfits: isExplained ? [] : completionErrors.map(({ path }) => path?.join('.')).sort(),
  };
}

/** Of an interface that an interface object implements, `__typename` alone cannot be planned. */
const PLANNER_DEFECT = /We should have an edge from \w+\(\w+\) for __typename/;

const market = contest([catalog(), pricing(), shipping()]);
const town = contest([identity(), trade(), library()]);

describe('the compiled executor answers as Apollo’s does', () => {
  test.each([
    '{ items { __typename id name price rank ... on Book { pages weight volume } } }',
    '{ hits { __typename ... on Named { name } ... on Shop { code hours featured { __typename ... on Book { name rank } } } } }',
    '{ grid { id price(factor: 3) ... on Game { boxed } } }',
    '{ cheapest { __typename name ... on Game { players } similar { name price } } slowest { title stock { name } } }',
    'query ($no: Boolean!) { shops { title @skip(if: $no) ... @include(if: $no) { hours } twin { code hours } } }',
    '{ __schema { queryType { name } } a: __type(name: "Book") { kind } b: __typename items { id } }',
    'mutation { a: touch(id: "i1") { name price } b: touch(id: "i3") { ... on Game { boxed players } } }',
    '{ shop(code: "s1") { stock { failing } } item(id: "i1") { failing similar { failing } } }',
  ])('%s', async (query) => {
    const [ours, apollos] = await market.both(query, { no: false });
    expect(ours).toEqual(apollos);
  });

  test('but lists keys in the order of the operation', async () => {
    const query = '{ items(first: 1) { a: id ... { price } ... on Item { id rank } b: name } }';
    const [{ data }] = await market.both(query);
    expect(Object.keys(data.items[0])).toEqual(['a', 'price', 'id', 'rank', 'b']);
  });

  test.each([
    ['market', market, OperationTypeNode.QUERY, 120],
    ['market', market, OperationTypeNode.MUTATION, 20],
    ['town', town, OperationTypeNode.QUERY, 40],
  ] as const)('random operations on the %s', async (_, { schema, both }, kind, numRuns) => {
    const values = {
      id: ['"i1"', '"i4"', '"u1"', '"u2"', '"none"'],
      code: ['"s1"', '"s2"'],
      isbn: ['"b1"'],
      first: ['1', '3'],
      factor: ['2', '0'],
      of: ['GREEN'],
      text: ['"a"'],
      name: ['"x"'],
    };
    const choices = fc.array(fc.nat({ max: 1_000 }), { size: 'max', maxLength: 150 });
    await fc.assert(
      fc.asyncProperty(choices, async (given) => {
        const left = [...given];
        const choose = (below: number) => (left.shift() ?? 0) % Math.max(1, below);
        const query = arbitraryOperation({ schema, kind, choose, values });
        // Aliases keep arguments apart, but fields of different types may still share a key; and
        // what never answers cannot be compared.
        fc.pre(!query.includes('never') && validate(schema, parse(query)).length === 0);
        const answers = await both(query).catch((error: unknown) => {
          // The planner has defects of its own; without a plan there is nothing to compare.
          if (PLANNER_DEFECT.test(String((error as GraphQLError).originalError))) return undefined;
          throw error;
        });
        fc.pre(answers !== undefined);
        if (!answers) return;
        const [ours, apollos] = answers;
        expect({ query, answer: ours }).toEqual({ query, answer: apollos });
      }),
      { numRuns },
    );
  });
});
