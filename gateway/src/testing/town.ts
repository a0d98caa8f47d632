import { CivitasError } from '@civitas/platform/errors';
import { createPushIterator, type RequestContext } from '@civitas/platform/subgraph';
import { GraphQLScalarType } from 'graphql';
import { miniSubgraph } from './compose.ts';

const people = {
  u1: { __typename: 'Civilian', id: 'u1', name: 'Ada', email: 'ada@town.example', street: 'Elm' },
  u2: { __typename: 'Merchant', id: 'u2', name: 'Bo', email: 'bo@town.example', shop: 'Bakery' },
} as const;

const isId = (id: string): id is keyof typeof people => Object.hasOwn(people, id);

/** Owns people: an entity interface with two kinds. */
export const identity = () =>
  miniSubgraph(
    'identity',
    /* GraphQL */ `
      type Query {
        user(id: ID!): User
        users(first: Int = 10): [User!]! @listSize(slicingArguments: ["first"])
        me: User @authenticated
        whoAsks: String!
        audit: String! @requiresScopes(scopes: [["audit:read", "audit:all"], ["root"]])
        vault: String @policy(policies: [["keyholder"]])
        failUncoded: String
        failCoded: String
        never: String
        echo(text: String, input: EchoInput, many: [Int!]): String @cost(weight: 5)
      }
      type Mutation {
        rename(id: ID!, name: String!): User
        purge: Int @requiresScopes(scopes: [["root"]])
      }
      type Subscription {
        ticks: Int
      }
      input EchoInput {
        level: Int!
        nested: EchoInput
      }
      interface User @key(fields: "id") {
        id: ID!
        name: String!
        email: String
        tag: String!
      }
      type Civilian implements User @key(fields: "id") {
        id: ID!
        name: String!
        email: String @authenticated
        tag: String! @requiresScopes(scopes: [["tags"]])
        street: String @authenticated
      }
      type Merchant implements User @key(fields: "id") {
        id: ID!
        name: String!
        email: String @authenticated
        tag: String! @requiresScopes(scopes: [["tags"]])
        shop: String
      }
    `,
    {
      Query: {
        user: (_: unknown, { id }: { id: string }) =>
          isId(id) ? { ...people[id], tag: 't' } : null,
        users: () => Object.values(people).map((person) => ({ ...person, tag: 't' })),
        me: (_: unknown, __: unknown, { viewer }: RequestContext) =>
          viewer.type === 'user' ? { ...people.u1, tag: 't' } : null,
        whoAsks: (_: unknown, __: unknown, { viewer, requestId }: RequestContext) =>
          `${viewer.type === 'user' ? `${viewer.id} ${viewer.scopes.join('+')}` : 'anonymous'} ${requestId}`,
        audit: () => 'clean',
        vault: () => 'gold',
        failUncoded: () => {
          throw new Error('connect ECONNREFUSED postgres://town:hunter2@10.0.0.7');
        },
        failCoded: () => {
          throw new CivitasError('NOT_FOUND', { details: { argumentPath: 'id' } });
        },
        never: () => new Promise(() => undefined),
        echo: (_: unknown, args: object) => JSON.stringify(args),
      },
      Mutation: {
        rename: (_: unknown, { id, name }: { id: string; name: string }) =>
          isId(id) ? { ...people[id], name, tag: 't' } : null,
        purge: () => 1,
      },
      Subscription: {
        ticks: {
          subscribe: () => {
            const source = createPushIterator<{ ticks: number }>();
            source.push({ ticks: 1 });
            source.push({ ticks: 2 });
            source.end();
            return source;
          },
        },
      },
      User: {
        __resolveType: ({ __typename }: { __typename: string }) => __typename,
        __resolveReference: ({ id }: { id: string }) => (isId(id) ? people[id] : null),
      },
      Civilian: { __resolveReference: ({ id }: { id: string }) => (isId(id) ? people[id] : null) },
      Merchant: { __resolveReference: ({ id }: { id: string }) => (isId(id) ? people[id] : null) },
    },
  );

/** Adds goods to every kind of user without knowing the kinds. */
export const trade = () =>
  miniSubgraph(
    'trade',
    /* GraphQL */ `
      scalar Big
      type User @key(fields: "id") @interfaceObject {
        id: ID!
        sold: Int
        soldTotal: Big
        books: [Book!]
      }
      type Book @key(fields: "isbn", resolvable: false) {
        isbn: ID!
      }
    `,
    {
      Big: new GraphQLScalarType({
        name: 'Big',
        serialize: (value) => String(value),
      }),
      User: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        sold: ({ id }: { id: string }) => (id === 'u1' ? 3 : 7),
        soldTotal: () => 9_007_199_254_740_993n,
        books: ({ id }: { id: string }) => (id === 'u1' ? [{ isbn: 'b1' }, { isbn: 'b2' }] : []),
      },
    },
  );

/** Owns books. */
export const library = () =>
  miniSubgraph(
    'library',
    /* GraphQL */ `
      type Query {
        book(isbn: ID!): Book
        shelf: String
      }
      type Book @key(fields: "isbn") {
        isbn: ID!
        title: String
        secret: String @requiresScopes(scopes: [["books:secret"]])
      }
    `,
    {
      Query: {
        book: (_: unknown, { isbn }: { isbn: string }) => ({ isbn, title: `Title ${isbn}` }),
        shelf: () => 'full',
      },
      Book: {
        __resolveReference: ({ isbn }: { isbn: string }) => ({
          isbn,
          title: `Title ${isbn}`,
          secret: 's',
        }),
      },
    },
  );
