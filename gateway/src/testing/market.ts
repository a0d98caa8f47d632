import { CivitasError } from '@civitas/platform/errors';
import { miniSubgraph } from './compose.ts';

const DIMS = { h: 3, w: 4 };
const items = [
  {
    __typename: 'Book',
    id: 'i1',
    name: 'Atlas',
    pages: 12,
    dims: DIMS,
    chapters: [['a', 'b'], []],
  },
  { __typename: 'Book', id: 'i2', name: 'Bible', pages: null, dims: null, chapters: null },
  { __typename: 'Game', id: 'i3', name: 'Chess', players: 2 },
  { __typename: 'Game', id: 'i4', name: 'Dice', players: 0 },
] as const;
const shops = [
  { __typename: 'Shop', code: 's1', region: 'N', title: 'First', stock: ['i1', 'i3', 'i1'] },
  { __typename: 'Shop', code: 's2', region: 'S', title: 'Second', stock: [] },
  { __typename: 'Shop', code: 's3', region: 'N', title: null, stock: ['i2', 'i4', null] },
] as const;

type Id = { readonly id: string };
type Code = { readonly code: string };
const itemOf = (id: string | null) => items.find((item) => item.id === id) ?? null;
const shopOf = (code: string) => shops.find((shop) => shop.code === code) ?? null;
const byId = { __resolveReference: ({ id }: Id) => itemOf(id) };

/** Things and the shops that have them: interfaces, unions, lists in lists, a compound key. */
export const catalog = () =>
  miniSubgraph(
    'catalog',
    /* GraphQL */ `
      type Query {
        items(first: Int = 10): [Item!]!
        item(id: ID!): Item
        hits: [Hit]
        shops: [Shop!]
        shop(code: ID!): Shop
        grid: [[Item]]
        color(of: Color = RED): Color
      }
      type Mutation {
        touch(id: ID!): Item
      }
      enum Color { RED GREEN }
      interface Named { name: String }
      interface Item implements Named @key(fields: "id") { id: ID! name: String }
      type Book implements Item & Named @key(fields: "id") {
        id: ID!
        name: String
        pages: Int
        dims: Dims
        chapters: [[String!]!]
        sequel: Book
      }
      type Game implements Item & Named @key(fields: "id") { id: ID! name: String players: Int! }
      type Dims { h: Int! w: Int! }
      type Shop @key(fields: "code region") {
        code: ID!
        region: String!
        title: String
        stock: [Item]
        twin: Shop
      }
      union Hit = Book | Game | Shop
    `,
    {
      Query: {
        items: (_: unknown, { first }: { first: number }) => items.slice(0, first),
        item: (_: unknown, { id }: Id) => itemOf(id),
        hits: () => [items[0], shops[0], null, items[2]],
        shops: () => shops,
        shop: (_: unknown, { code }: Code) => shopOf(code),
        grid: () => [[items[0], items[2]], [null, items[1]], null],
        color: (_: unknown, { of }: { of: string }) => of,
      },
      Mutation: { touch: (_: unknown, { id }: Id) => itemOf(id) },
      Item: { ...byId, __resolveType: ({ __typename }: { __typename: string }) => __typename },
      Named: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
      Book: { ...byId, sequel: ({ id }: Id) => (id === 'i1' ? items[1] : null) },
      Game: byId,
      Shop: {
        __resolveReference: ({ code }: Code) => shopOf(code),
        stock: ({ stock }: (typeof shops)[number]) => stock.map(itemOf),
        twin: ({ code }: Code) => shopOf(code === 's1' ? 's3' : 's1'),
      },
    },
  );

/** Prices for every item without knowing its kinds; some fail, some are not known here. */
export const pricing = () =>
  miniSubgraph(
    'pricing',
    /* GraphQL */ `
      type Query { cheapest: Item }
      type Item @key(fields: "id") @interfaceObject {
        id: ID!
        price(factor: Int = 1): Int
        rank: Int!
        failing: Int
        similar: [Item!]
      }
    `,
    {
      Query: { cheapest: () => ({ id: 'i3' }) },
      Item: {
        __resolveReference: ({ id }: Id) => (id === 'i4' ? null : { id }),
        price: ({ id }: Id, { factor }: { factor: number }) => Number(id.slice(1)) * factor,
        rank: ({ id }: Id) => 10 - Number(id.slice(1)),
        failing: ({ id }: Id) => {
          if (id === 'i1') throw new CivitasError('CONFLICT');
          return 1;
        },
        similar: ({ id }: Id) => (id === 'i2' ? [] : [{ id: 'i2' }, { id: 'i1' }]),
      },
    },
  );

/** What needs other subgraphs' fields to answer. */
export const shipping = () =>
  miniSubgraph(
    'shipping',
    /* GraphQL */ `
      type Query { slowest: Shop }
      type Book @key(fields: "id") {
        id: ID!
        pages: Int @external
        dims: Dims @external
        weight: Int @requires(fields: "pages")
        volume: Int @requires(fields: "dims { h w }")
      }
      type Dims @external { h: Int! w: Int! }
      type Game @key(fields: "id") { id: ID! boxed: Boolean! }
      type Shop @key(fields: "code region") {
        code: ID!
        region: String!
        hours: Int
        featured: Hit
      }
      union Hit = Book | Game
    `,
    {
      Query: { slowest: () => ({ __typename: 'Shop', code: 's2', region: 'S' }) },
      Hit: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
      Book: {
        __resolveReference: (book: object) => book,
        weight: ({ pages }: { pages: number | null }) => (pages ?? 0) * 2,
        volume: ({ dims }: { dims: typeof DIMS | null }) => dims && dims.h * dims.w,
      },
      Game: { __resolveReference: ({ id }: Id) => ({ id, boxed: id === 'i3' ? true : null }) },
      Shop: {
        __resolveReference: (shop: object) => shop,
        hours: ({ code }: Code) => (code === 's1' ? 8 : null),
        featured: ({ code }: Code) =>
          code === 's2'
            ? null
            : { __typename: code === 's1' ? 'Book' : 'Game', id: code === 's1' ? 'i1' : 'i3' },
      },
    },
  );
