import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, type GraphQLSchema, parse } from 'graphql';

/** One of the four subgraphs of the well-known benchmark, with its small data set. */
export interface BenchSubgraph {
  readonly name: string;
  readonly typeDefs: DocumentNode;
  readonly schema: GraphQLSchema;
}

const users = [
  'Uri Goldshtein',
  'Dotan Simha',
  'Kamil Kisiela',
  'Arda Tanrikulu',
  'Gil Gardosh',
  'Laurin Quast',
].map((name, index) => ({
  id: String(index + 1),
  name,
  username: name.split(' ')[0]?.toLowerCase(),
  birthday: 1234567890 + index,
}));
const products = ['Table', 'Couch', 'Glass', 'Chair', 'TV', 'Lamp', 'Grill', 'Fridge', 'Sofa'].map(
  (name, index) => ({
    upc: String(index + 1),
    name,
    price: [899, 1299, 15, 499, 1299, 6999, 3999, 100000, 9999][index],
    weight: [100, 1000, 20, 100, 1000, 300, 2000, 6000, 800][index],
  }),
);
/** Thirty reviews: every user has written five, every product has some. */
const reviews = Array.from({ length: 30 }, (_, index) => ({
  id: String(index + 1),
  body: ['Love it!', 'Too expensive.', 'Could be better.', 'Prefer something else.', 'Wow.'][
    index % 5
  ],
  userId: String((index % users.length) + 1),
  upc: String((index % products.length) + 1),
}));

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@external", "@requires", "@provides", "@shareable"])`;

function subgraph(name: string, sdl: string, resolvers: object): BenchSubgraph {
  const typeDefs = parse(`${LINK}\n${sdl}`);
  const schema = buildSubgraphSchema({ typeDefs, resolvers: resolvers as never });
  return { name, typeDefs, schema };
}

type Keyed = { readonly id: string; readonly upc: string };

export const benchSubgraphs: readonly BenchSubgraph[] = [
  subgraph(
    'accounts',
    /* GraphQL */ `
      type Query { me: User user(id: ID!): User users: [User] }
      type User @key(fields: "id") { id: ID! name: String username: String @shareable birthday: Int }
    `,
    {
      Query: {
        me: () => users[0],
        user: (_: unknown, { id }: Keyed) => users.find((user) => user.id === id),
        users: () => users,
      },
      User: { __resolveReference: ({ id }: Keyed) => users.find((user) => user.id === id) },
    },
  ),
  subgraph(
    'inventory',
    /* GraphQL */ `
      type Product @key(fields: "upc") {
        upc: String!
        weight: Int @external
        price: Int @external
        inStock: Boolean
        shippingEstimate: Int @requires(fields: "price weight")
      }
    `,
    {
      Product: {
        __resolveReference: (product: object) => product,
        inStock: ({ upc }: Keyed) => Number(upc) % 2 === 1,
        shippingEstimate: ({ price, weight }: { price: number; weight: number }) =>
          price > 1000 ? 0 : Math.round(weight * 0.5),
      },
    },
  ),
  subgraph(
    'products',
    /* GraphQL */ `
      type Query { topProducts(first: Int = 5): [Product] }
      type Product @key(fields: "upc") { upc: String! name: String price: Int weight: Int }
    `,
    {
      Query: {
        topProducts: (_: unknown, { first }: { first: number }) => products.slice(0, first),
      },
      Product: {
        __resolveReference: ({ upc }: Keyed) => products.find((product) => product.upc === upc),
      },
    },
  ),
  subgraph(
    'reviews',
    /* GraphQL */ `
      type Review @key(fields: "id") { id: ID! body: String author: User @provides(fields: "username") product: Product }
      type User @key(fields: "id") { id: ID! username: String @external numberOfReviews: Int reviews: [Review] }
      type Product @key(fields: "upc") { upc: String! reviews: [Review] }
    `,
    {
      Review: {
        author: ({ userId }: { userId: string }) => users.find((user) => user.id === userId),
        product: ({ upc }: Keyed) => ({ upc }),
      },
      User: {
        reviews: ({ id }: Keyed) => reviews.filter((review) => review.userId === id),
        numberOfReviews: ({ id }: Keyed) => reviews.filter((review) => review.userId === id).length,
      },
      Product: { reviews: ({ upc }: Keyed) => reviews.filter((review) => review.upc === upc) },
    },
  ),
];
