import type { Subgraph } from '@civitas/platform/subgraph';
import { describe, expect, test } from 'vitest';
import { createGateway } from '../create-gateway.ts';
import { compose, miniSubgraph, silent } from '../testing/compose.ts';
import { inProcessTransport } from './transports/in-process.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What the graph of these subgraphs answers to an anonymous viewer. */
async function answer(subgraphs: readonly Subgraph[], query: string) {
  const gateway = await createGateway({
    supergraphSdl: compose(subgraphs),
    transports: new Map(subgraphs.map((each) => [each.name, inProcessTransport(each)])),
    verifyAccessToken: async () => ({ type: 'anonymous' }),
    log: silent,
    introspection: true,
  });
  return (await gateway.execute({ query })).result;
}

describe('an entity with several keys', () => {
  test('is reached over a third subgraph that knows both', async () => {
    const sales = miniSubgraph(
      'sales',
      'type Query { sold: [Car] } type Car @key(fields: "plate") { plate: ID! }',
      { Query: { sold: () => [{ plate: 'AB' }, { plate: 'CD' }] } },
    );
    const registry = miniSubgraph(
      'registry',
      'type Car @key(fields: "plate") @key(fields: "vin") { plate: ID! vin: ID! }',
      {
        Car: {
          __resolveReference: ({ plate }: Fields) => ({ plate, vin: `vin ${String(plate)}` }),
        },
      },
    );
    const maker = miniSubgraph('maker', 'type Car @key(fields: "vin") { vin: ID! year: Int! }', {
      Car: {
        __resolveReference: ({ vin }: Fields) => (vin === 'vin AB' ? { vin, year: 1999 } : null),
      },
    });
    // The second car has no year although it must: it is null as a whole, and that is explained.
    expect(await answer([sales, registry, maker], '{ sold { plate year } }')).toMatchObject({
      data: { sold: [{ plate: 'AB', year: 1999 }, null] },
      errors: [{ path: ['sold', 1, 'year'] }],
    });
  });
});

describe('required fields', () => {
  const catalog = miniSubgraph(
    'catalog',
    `type Query { items: [Item!]! }
     type Item @key(fields: "id") { id: ID! size(unit: String!): Int parts: [Part!]! }
     type Part @shareable { kind: String! count: Int! }`,
    {
      Query: { items: () => [{ id: '1' }, { id: '2' }] },
      Item: {
        __resolveReference: (item: Fields) => item,
        size: ({ id }: Fields, { unit }: Fields) => Number(id) * (unit === 'mm' ? 10 : 1),
        parts: ({ id }: Fields) => (id === '1' ? [{ kind: 'wheel', count: 4 }] : []),
      },
    },
  );

  test('with arguments are fetched with theirs beside the client’s own', async () => {
    const freight = miniSubgraph(
      'freight',
      `type Item @key(fields: "id") {
         id: ID! size(unit: String!): Int @external
         cost: Int @requires(fields: "size(unit: \\"mm\\")")
       }`,
      {
        Item: {
          __resolveReference: (item: Fields) => item,
          cost: ({ size }: Fields) => Number(size) + 1,
        },
      },
    );
    expect(await answer([catalog, freight], '{ items { cost cm: size(unit: "cm") } }')).toEqual({
      data: {
        items: [
          { cost: 11, cm: 1 },
          { cost: 21, cm: 2 },
        ],
      },
    });
  });

  test('that are lists of objects travel as they are', async () => {
    const freight = miniSubgraph(
      'freight',
      `type Item @key(fields: "id") {
         id: ID! parts: [Part!]! @external
         packages: Int @requires(fields: "parts { count }")
       }
       type Part @shareable { kind: String! count: Int! }`,
      {
        Item: {
          __resolveReference: (item: Fields) => item,
          packages: ({ parts }: Fields) =>
            (parts as { count: number }[]).reduce((sum, { count }) => sum + count, 0),
        },
      },
    );
    expect(await answer([catalog, freight], '{ items { packages } }')).toEqual({
      data: { items: [{ packages: 4 }, { packages: 0 }] },
    });
  });
});

describe('the same entity at many places', () => {
  test('is asked for once, and its error stands at each of them', async () => {
    const asked: number[] = [];
    const posts = miniSubgraph(
      'posts',
      'type Query { posts: [[Post]] } type Post { author: Author } type Author @key(fields: "id", resolvable: false) { id: ID! }',
      {
        Query: {
          posts: () => [
            [{ author: { id: 'a' } }, null, { author: { id: 'b' } }],
            [{ author: { id: 'a' } }],
          ],
        },
      },
    );
    const people = miniSubgraph(
      'people',
      'type Author @key(fields: "id") { id: ID! name: String }',
      {
        Author: {
          __resolveReference: (author: Fields) => {
            asked.push(1);
            return author;
          },
          name: ({ id }: Fields) => {
            if (id === 'a') throw new Error('not a');
            return 'Bo';
          },
        },
      },
    );
    const { data, errors } = await answer([posts, people], '{ posts { author { name } } }');
    const nobody = { author: { name: null } };
    expect(data).toEqual({ posts: [[nobody, null, { author: { name: 'Bo' } }], [nobody]] });
    expect(errors?.map(({ path }) => path)).toEqual([
      ['posts', 0, 0, 'author', 'name'],
      ['posts', 1, 0, 'author', 'name'],
    ]);
    expect(asked).toHaveLength(2);
  });
});

describe('keys of a response that every object seems to have', () => {
  test('are the operation’s and nobody else’s', async () => {
    const odd = miniSubgraph(
      'odd',
      'type Query { thing: Thing } type Thing { constructor: Int toString: String name: String }',
      { Query: { thing: () => ({ constructor: 1, toString: 'text', name: 'n' }) } },
    );
    const { data } = await answer(
      [odd],
      '{ thing { constructor toString hasOwnProperty: name __proto__: name } }',
    );
    expect(JSON.stringify(data)).toBe(
      '{"thing":{"constructor":1,"toString":"text","hasOwnProperty":"n","__proto__":"n"}}',
    );
  });
});
