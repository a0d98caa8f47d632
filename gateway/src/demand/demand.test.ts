import { beforeAll, describe, expect, test } from 'vitest';
import { createGateway, type Gateway } from '../create-gateway.ts';
import { inProcessTransport } from '../execution/transports/in-process.ts';
import { compose, miniSubgraph, silent } from '../testing/compose.ts';
import { userWith } from '../testing/town-gateway.ts';
import { watchedTransport } from '../testing/watched-transport.ts';

const items = Array.from({ length: 3 }, (_, n) => ({ id: String(n), tags: [], weighed: 1 }));
const connection = { edges: items.map((node) => ({ node })), total: 3 };

const shop = miniSubgraph(
  'shop',
  /* GraphQL */ `
    type Query {
      one: Item
      free: Int
      plain: [Item!]!
      assumed: [Item!]! @listSize(assumedSize: 7)
      some(first: Int = 5): [Item!]! @listSize(slicingArguments: ["first"])
      page(first: Int! = 20, after: String): ItemConnection @listSize(slicingArguments: ["first"], sizedFields: ["edges"])
      nested(input: PageInput): [Item!]! @listSize(assumedSize: 4, requireOneSlicingArgument: false)
      either(first: Int, last: Int): [Item!]! @listSize(slicingArguments: ["first", "last"])
      heavy: Heavy
      search(filter: Filter, many: [Filter!], mood: Mood): Int
      dear: Int @cost(weight: 9)
      thing: Thing
    }
    type Mutation { buy: Item }
    input PageInput { paging: Paging }
    input Paging { first: Int = 6 }
    input Filter { text: String @cost(weight: 3), also: Filter }
    enum Mood @cost(weight: 2) { GLAD SAD }
    scalar Blob @cost(weight: 4)
    type Heavy @cost(weight: 20) { id: ID! blob: Blob }
    interface Thing { id: ID! weighed: Int }
    type Item implements Thing { id: ID! weighed: Int @cost(weight: 2) items(first: Int! = 20): [Item!]! @listSize(slicingArguments: ["first"]) tags: [String!]! }
    type ItemConnection { edges: [ItemEdge!]! total: Int }
    type ItemEdge { node: Item! }
  `,
  {
    Query: {
      one: () => items[0],
      plain: () => items,
      assumed: () => items,
      some: () => items,
      page: () => connection,
      nested: () => items,
      either: () => items,
      heavy: () => ({ id: '1' }),
      search: () => 1,
      thing: () => items[0],
    },
    Mutation: { buy: () => items[0] },
    Item: { items: () => items },
    Thing: { __resolveType: () => 'Item' },
  },
);

const MAXIMUM = 1_000;
const watched = watchedTransport(shop);
let gateway: Gateway;
beforeAll(async () => {
  gateway = await createGateway({
    // Apollo's composition in JavaScript refuses paths of arguments; the one in Rust does not.
    supergraphSdl: compose([shop]).replace(
      'assumedSize: 4',
      'assumedSize: 4, slicingArguments: ["input.paging.first"]',
    ),
    transports: new Map([['shop', watched.transport]]),
    verifyAccessToken: async () => userWith(),
    log: silent,
    introspection: true,
    clientPolicy: { maximumCost: { anonymous: MAXIMUM, user: 10 * MAXIMUM, program: MAXIMUM } },
  });
});

async function costOf(query: string, variables: object = {}) {
  const extensions = { reportCost: true };
  const { result } = await gateway.execute({ query, variables: { ...variables }, extensions });
  const [error] = result.errors ?? [];
  if (error) return { code: error.extensions?.['code'], ...error.extensions };
  return result.extensions?.['cost'];
}
const estimated = async (query: string, variables?: object) => {
  const cost = (await costOf(query, variables)) as Record<string, number>;
  return cost['estimated'] ?? cost['estimatedCost'];
};

describe('an operation costs', () => {
  test.each([
    ['nothing for leaves', '{ free }', 0],
    ['one for an object', '{ one { id tags } }', 1],
    ['ten more for a mutation', 'mutation { buy { id } }', 11],
    ['what a field weighs', '{ dear }', 9],
    ['what an object and a scalar weigh', '{ heavy { id blob } }', 24],
    ['ten for a list of which nothing is said', '{ plain { id } }', 10],
    ['the assumed size of a list', '{ assumed { id } }', 7],
    ['the default of a page', '{ some { id } }', 5],
    ['the page in the document', '{ some(first: 8) { id } }', 8],
    [
      'nothing for a page of none, or less',
      '{ a: some(first: 0) { id } b: some(first: -9) { id } }',
      0,
    ],
    [
      'page by page what is nested',
      '{ some(first: 2) { items(first: 3) { items { id } } } }',
      2 + 6 + 120,
    ],
    ['what the items of a page weigh', '{ some(first: 3) { weighed } }', 9],
    ['the edges of a connection', '{ page(first: 4) { total edges { node { id } } } }', 1 + 4 + 4],
    [
      'connections through fragments',
      '{ page(first: 4) { ...F } } fragment F on ItemConnection { edges { node { id } } }',
      9,
    ],
    [
      'every alias',
      `{ ${Array.from({ length: 50 }, (_, n) => `a${n}: one { id }`).join(' ')} }`,
      50,
    ],
    [
      'every spread',
      '{ one { ...F } thing { ...F } } fragment F on Item { items(first: 2) { id } }',
      6,
    ],
    ['what the costliest implementation weighs', '{ thing { weighed } }', 3],
    ['nested pages', '{ nested(input: { paging: { first: 9 } }) { id } }', 9 + 2],
    ['defaults inside of inputs', '{ nested(input: { paging: {} }) { id } }', 6 + 2],
    ['the assumed size without a page', '{ nested { id } }', 4],
    [
      'input objects and what their fields weigh',
      '{ search(filter: { text: "a", also: { text: "b" } }) }',
      1 + 3 + 1 + 3,
    ],
    ['every item of a list of inputs', '{ search(many: [{ text: "a" }, {}]) }', 1 + 3 + 1],
    ['enums that weigh something', '{ search(mood: GLAD) }', 2],
    [
      'nothing for what is left out',
      '{ one @skip(if: true) { id } plain @include(if: false) { id } }',
      0,
    ],
    ['nothing for introspection', '{ __typename __schema { types { name fields { name } } } }', 0],
  ])('%s', async (_, query, cost) => {
    expect(await estimated(query)).toBe(cost);
  });

  test.each([
    ['a page', 'query ($n: Int!) { some(first: $n) { id } }', { n: 12 }, 12],
    ['the default of a variable', 'query ($n: Int = 13) { some(first: $n) { id } }', {}, 13],
    [
      'nothing, so that the argument’s default counts',
      'query ($n: Int) { some(first: $n) { id } }',
      {},
      5,
    ],
    [
      'a nested page',
      'query ($n: Int) { nested(input: { paging: { first: $n } }) { id } }',
      { n: 14 },
      16,
    ],
    [
      'an input object',
      'query ($i: PageInput) { nested(input: $i) { id } }',
      { i: { paging: { first: 15 } } },
      17,
    ],
    [
      'an input object with defaults',
      'query ($i: PageInput) { nested(input: $i) { id } }',
      { i: { paging: {} } },
      8,
    ],
    [
      'a list of inputs',
      'query ($f: [Filter!]) { search(many: $f) }',
      { f: [{ text: 'a' }, { text: 'b' }] },
      8,
    ],
    [
      'a condition',
      'query ($b: Boolean!) { one @include(if: $b) { id } plain @skip(if: $b) { id } }',
      { b: true },
      1,
    ],
    [
      'less than none',
      'query ($n: Int!) { some(first: $n) { id } one { id } }',
      { n: -1_000_000 },
      1,
    ],
  ])('what a variable says when it is %s', async (_, query, variables, cost) => {
    expect(await estimated(query, variables)).toBe(cost);
  });

  test('another price with other variables, although its document is prepared once', async () => {
    const query = 'query ($n: Int!) { some(first: $n) { items(first: $n) { id } } }';
    expect([await estimated(query, { n: 2 }), await estimated(query, { n: 3 })]).toEqual([6, 12]);
  });
});

describe('an operation that could cost too much', () => {
  test.each([
    ['in the document', '{ some(first: 2147483647) { id } }', {}],
    ['in a variable', 'query ($n: Int!) { some(first: $n) { id } }', { n: 2_147_483_647 }],
    ['in a default', 'query ($n: Int = 2147483647) { some(first: $n) { id } }', {}],
    ['by nesting', `{ some { ${'items { '.repeat(22)} id ${'}'.repeat(22)} } }`, {}],
  ])('%s is refused with both numbers, before anything is fetched', async (_, query, variables) => {
    watched.seen.length = 0;
    const cost = (await costOf(query, variables)) as Record<string, number | string>;
    expect(cost).toMatchObject({ code: 'OPERATION_TOO_COSTLY', maximumCost: MAXIMUM });
    expect(cost['estimatedCost']).toBeGreaterThan(MAXIMUM);
    expect(Number.isSafeInteger(cost['estimatedCost'])).toBe(true);
    expect(watched.seen).toEqual([]);
  });

  test('for one kind of caller can be within the budget of another', async () => {
    const query = '{ some(first: 5000) { id } }';
    const codeFor = async (authorization?: string) =>
      (await gateway.execute({ query, authorization })).result.errors?.[0]?.extensions?.['code'];
    expect(await codeFor()).toBe('OPERATION_TOO_COSTLY');
    expect(await codeFor('Bearer token')).toBeUndefined();
  });

  test.each(['{ either { id } }', '{ either(first: 1, last: 2) { id } }'])(
    'for want of exactly one page size is refused: %s',
    async (query) => {
      expect(await costOf(query)).toMatchObject({ code: 'BAD_USER_INPUT' });
    },
  );
});

describe('what an operation did cost', () => {
  test.each([
    ['{ some(first: 50) { id } }', 50, 3],
    ['{ page(first: 10) { edges { node { weighed } } } }', 1 + 10 + 10 * 3, 1 + 3 + 3 * 3],
    [
      '{ one { ...A ...B } } fragment A on Item { items { id } } fragment B on Item { items { tags } }',
      41,
      4,
    ],
    ['{ heavy { blob } }', 24, 20],
  ])('is reported to those who ask: %s', async (query, estimate, actual) => {
    expect(await costOf(query)).toEqual({ estimated: estimate, actual });
  });

  test('is nobody else’s business', async () => {
    const { result } = await gateway.execute({ query: '{ one { id } }' });
    expect(result).not.toHaveProperty('extensions');
  });
});

test('a graph without weights and sizes is measured all the same', async () => {
  const bare = miniSubgraph('bare', 'type Query { all: [Thing!]! } type Thing { id: ID! }', {
    Query: { all: () => [{ id: '1' }] },
  });
  const plain = await createGateway({
    supergraphSdl: compose([bare]),
    transports: new Map([['bare', inProcessTransport(bare)]]),
    verifyAccessToken: async () => userWith(),
    log: silent,
    introspection: true,
  });
  const query = '{ all { id } }';
  const { result } = await plain.execute({ query, extensions: { reportCost: true } });
  expect(result.extensions).toEqual({ cost: { estimated: 10, actual: 1 } });
});
