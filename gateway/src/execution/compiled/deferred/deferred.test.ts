import { ANONYMOUS, type SubgraphTransport } from '@civitas/platform/subgraph';
import { fc } from '@civitas/testkit/random';
import {
  type FormattedExecutionResult,
  type GraphQLFormattedError,
  OperationTypeNode,
  parse,
  validate,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { createGateway } from '../../../create-gateway.ts';
import type { Increment, IncrementalResult } from '../../../pipeline/types.ts';
import { arbitraryOperation } from '../../../testing/arbitrary-operation.ts';
import { compose, silent } from '../../../testing/compose.ts';
import { catalog, pricing, shipping } from '../../../testing/market.ts';
import { identity, library, trade } from '../../../testing/town.ts';
import { inProcessTransport } from '../../transports/in-process.ts';
import { isOfAnswer } from './deferred-errors.ts';

type Path = readonly (string | number)[];
type Told = Pick<GraphQLFormattedError, 'path' | 'extensions'>;

/** A gateway over miniature subgraphs, asked without a door. */
async function gatewayOver(subgraphs: Parameters<typeof compose>[0]) {
  const transports = new Map<string, SubgraphTransport>(
    subgraphs.map((subgraph) => [subgraph.name, inProcessTransport(subgraph)]),
  );
  return createGateway({
    supergraphSdl: compose(subgraphs),
    transports,
    verifyAccessToken: () => Promise.reject(new Error('unused')),
    log: silent,
    introspection: true,
    shareReads: false,
    limits: { maxTokens: 100_000, maxDepth: 100, maxFields: 10_000, maxDirectives: 1_000 },
    policies: new Map([['keyholder', () => false]]),
  });
}

const market = await gatewayOver([catalog(), pricing(), shipping()]);
const town = await gatewayOver([identity(), trade(), library()]);

const asking = { viewer: ANONYMOUS, requestId: 'request-1' } as const;

/** Every part of an answer; one when nothing was deferred. */
async function partsOf(
  gateway: typeof market,
  query: string,
): Promise<readonly IncrementalResult[]> {
  const answer = await gateway.open({ ...asking, query, incremental: true });
  if ('results' in answer) throw new Error('Not a query.');
  if ('result' in answer) return [{ ...answer.result, hasNext: false }];
  const parts: IncrementalResult[] = [];
  for await (const part of answer.increments) parts.push(part);
  return parts;
}

/** What a client has when it has put the parts together. */
function together(parts: readonly IncrementalResult[]) {
  const [first, ...later] = parts as readonly [FormattedExecutionResult, ...IncrementalResult[]];
  const increments = later.flatMap((part) => ('incremental' in part && part.incremental) || []);
  const data = structuredClone(first.data ?? null);
  for (const { path, data: added } of increments) {
    // A field asked for twice can have been null the second time; there is nothing to add to then.
    const target = path.reduce<unknown>((value, step) => value && (value as never)[step], data);
    if (added && target) Object.assign(target, merged(target, added));
  }
  const errors = [first, ...increments].flatMap((part) => part.errors ?? []);
  return { data, errors, increments, nulled: increments.filter((each) => each.data === null) };
}

function merged(left: unknown, right: unknown): unknown {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.map((item, index) => merged(item, right[index]));
  }
  if (typeof left !== 'object' || typeof right !== 'object' || !left || !right) return right;
  const both = { ...left } as Record<string, unknown>;
  for (const [key, value] of Object.entries(right)) {
    both[key] = key in both ? merged(both[key], value) : value;
  }
  return both;
}

/**
 * Where a fragment could not be delivered, the whole answer has a null at its object or above it;
 * everywhere else both are equal.
 */
function disagreements(
  whole: unknown,
  parts: unknown,
  nulled: readonly Increment[],
  at: Path = [],
) {
  const found: string[] = [];
  const compare = (left: unknown, right: unknown, path: Path): void => {
    if (left === null && right !== null) {
      const isNulled = nulled.some((each) =>
        path.every((step, index) => each.path[index] === step),
      );
      if (!isNulled) found.push(`${path.join('.')}: null, in parts ${JSON.stringify(right)}`);
      return;
    }
    if (typeof left !== 'object' || typeof right !== 'object' || !left || !right) {
      if (left !== right)
        found.push(`${path.join('.')}: ${JSON.stringify(left)}, in parts ${JSON.stringify(right)}`);
      return;
    }
    const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
    for (const key of keys) {
      const step = Array.isArray(left) ? Number(key) : key;
      compare((left as never)[key], (right as never)[key], [...path, step]);
    }
  };
  compare(whole, parts, at);
  return found;
}

/**
 * The codes told of what was asked for. A subgraph that knows an interface only is asked about all of
 * its kinds; what it says of fields that nobody wants of a kind depends on the plan.
 */
const codes = (errors: readonly Told[], data: Record<string, unknown> | null | undefined) =>
  [
    ...new Set(
      errors
        .filter((error) => isOfAnswer(error, data ?? null))
        .map(({ extensions }) => String(extensions?.['code'])),
    ),
  ].sort();

/** Both ways of asking; undefined where there is nothing to compare. */
async function compared(gateway: typeof market, query: string) {
  const { result: whole } = await gateway.execute({ ...asking, query });
  if (whole.data === undefined) return undefined;
  const parts = await partsOf(gateway, query);
  const { data, errors, increments, nulled } = together(parts);
  // What is below a null is never told, in whichever of the two it comes first.
  const isTold = nulled.length === 0 && data !== null;
  return {
    query,
    found: disagreements(whole.data, data, nulled),
    codes: codes(errors, data),
    expectedCodes: isTold ? codes(whole.errors ?? [], whole.data) : codes(errors, data),
    hasNext: parts.map(({ hasNext }) => hasNext),
    increments: increments.length,
  };
}

const agreed = (query: string, parts: number, told: readonly string[]) => ({
  query,
  found: [],
  codes: told,
  expectedCodes: told,
  hasNext: Array.from({ length: parts }, (_, index) => index < parts - 1),
});

describe('the parts of an answer, put together, are the whole answer', () => {
  test.each([
    [
      market,
      '{ items { id ... on Book @defer { pages weight volume } ... @defer { price rank } } }',
      6,
    ],
    [
      market,
      '{ hits { ... on Item @defer { similar { name ... @defer { price } } } ... on Shop { code ... @defer { hours featured { ... on Book { name rank } } } } } }',
      7,
    ],
    [
      market,
      '{ grid { ... @defer { price(factor: 3) ... on Game @defer { boxed } } } shops { ... @defer { title twin { ... @defer { hours } } } } }',
      10,
    ],
    [
      market,
      '{ ... @defer { cheapest { name similar { name } } } slowest { title ... @defer { stock { name } hours } } }',
      2,
    ],
    [market, '{ items(first: 2) { id failing ... @defer { again: failing name } } }', 2],
    [
      town,
      '{ users { id ... @defer { sold books { isbn ... @defer { title } } } ... on Civilian @defer { email } } }',
      4,
    ],
    [town, '{ user(id: "u1") { books { ... @defer { ... @defer { title } } } } }', 4],
    [market, '{ shops { stock { ... @defer { failing } rank } } }', 4],
    [town, '{ ... @defer { failCoded shelf } users { name ... @defer { soldTotal } } }', 2],
  ] as const)('$1', async (gateway, query, least) => {
    const outcome = await compared(gateway, query);
    const { increments = 0, ...rest } = outcome ?? {};
    expect(rest).toEqual(agreed(query, outcome?.hasNext.length ?? 0, outcome?.codes ?? []));
    expect(increments).toBeGreaterThanOrEqual(least);
  });

  const graphs = [
    ['market', market, { first: ['0', '3'], id: ['"i1"', '"i4"'], code: ['"s1"'], factor: ['2'] }],
    ['town', town, { isbn: ['"b1"'], id: ['"u1"', '"u2"'] }],
  ] as const;

  test.each(graphs)('for any operation on the %s', async (_, gateway, values) => {
    const { schema } = gateway;
    const operations = fc
      .array(fc.nat({ max: 1_000 }), { minLength: 20, maxLength: 50 })
      .map((given) => {
        const left = [...given];
        const choose = (below: number) => (left.shift() ?? 0) % Math.max(1, below);
        const kind = OperationTypeNode.QUERY;
        return arbitraryOperation({ schema, kind, choose, values, defers: true });
      });
    await fc.assert(
      fc.asyncProperty(operations, async (query) => {
        // Aliases keep arguments apart, but fields of different types may still share a key; and
        // what never answers cannot be compared.
        fc.pre(!query.includes('never') && validate(schema, parse(query)).length === 0);
        const outcome = await compared(gateway, query);
        // The planner has defects of its own; without a plan there is nothing to compare.
        fc.pre(outcome !== undefined);
        const { increments: _increments, ...rest } = outcome ?? {};
        expect(rest).toEqual(agreed(query, outcome?.hasNext.length ?? 0, outcome?.codes ?? []));
      }),
      { numRuns: 25 },
    );
  });
});
