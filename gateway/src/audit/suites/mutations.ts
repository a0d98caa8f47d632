import type { Fixture } from '../fixture.ts';

interface Jar {
  readonly id: string;
  readonly label: string;
  readonly price: number;
}

const jars: Jar[] = [{ id: 'j1', label: 'Plum', price: 9.5 }];
const counters = new Map<string, number>();

function change(key: string, by: (before: number) => number): number {
  const after = by(counters.get(key) ?? 0);
  counters.set(key, after);
  return after;
}

export const mutations: Fixture = {
  about: 'mutations, one after the other over two subgraphs',
  subgraphs: {
    pantry: `
      type Query { jar(id: ID!): Jar }
      type Mutation {
        addJar(input: JarInput!): Jar! times(by: Int!, of: String!): Int! addShelf(name: String!): Shelf! @shareable
      }
      input JarInput { label: String! price: Float! }
      type Jar @key(fields: "id") { id: ID! label: String! price: Float! }
      type Shelf @key(fields: "id") { id: ID! name: String! }`,
    market: `
      type Mutation { plus(add: Int!, of: String!): Int! take(of: String!): Int! addShelf(name: String!): Shelf! @shareable }
      type Shelf @key(fields: "id") { id: ID! }
      type Jar @key(fields: "id") {
        id: ID! price: Float! @external isDear: Boolean! @requires(fields: "price") inStock: Boolean!
      }`,
  },
  world: { Jar: jars, Shelf: [{ id: 's-new', name: 'new' }] },
  answers: {
    Query: { jar: (_, { id }) => jars.find((each) => each.id === id) },
    Mutation: {
      addJar: (_, { input }) => {
        const jar = { id: `j-${input.label}`, ...input } as Jar;
        if (!jars.some(({ id }) => id === jar.id)) jars.push(jar);
        return jar;
      },
      times: (_, { by, of }) => change(of, (before) => before * by),
      plus: (_, { add, of }) => change(of, (before) => before + add),
      take: (_, { of }) => {
        const last = counters.get(of) ?? 0;
        counters.delete(of);
        return last;
      },
      addShelf: () => ({ id: 's-new', name: 'new' }),
    },
    Jar: { isDear: ({ price }) => price > 100, inStock: () => true },
  },
  random: false,
  cases: [
    {
      query:
        'mutation { addJar(input: { label: "Fig", price: 599.5 }) { label price isDear inStock } }',
      data: { addJar: { label: 'Fig', price: 599.5, isDear: true, inStock: true } },
    },
    {
      query: '{ jar(id: "j1") { id label price isDear inStock } }',
      data: { jar: { id: 'j1', label: 'Plum', price: 9.5, isDear: false, inStock: true } },
    },
    {
      query:
        'mutation { five: plus(add: 5, of: "x") ten: times(by: 2, of: "x") twelve: plus(add: 2, of: "x") last: take(of: "x") }',
      data: { five: 5, ten: 10, twelve: 12, last: 12 },
    },
    {
      query: 'mutation { addShelf(name: "new") { id name } }',
      data: { addShelf: { id: 's-new', name: 'new' } },
    },
  ],
};
