import type { Fixture } from '../fixture.ts';

const boats = [{ id: 'b1' }, { id: 'b2' }];

export const inputParts: Fixture = {
  about: 'an input object of which clients see what every subgraph knows',
  subgraphs: {
    north: `
      type Query { inNorth(filter: Filter!): [Boat] }
      input Filter { first: Int! }
      type Boat @key(fields: "id") { id: ID! }`,
    south: `
      type Query { inSouth(filter: Filter!): [Boat] }
      input Filter { first: Int! after: Int }
      type Boat @key(fields: "id") { id: ID! }`,
  },
  world: { Boat: boats },
  answers: { Query: { inNorth: () => boats, inSouth: () => boats } },
  random: false,
  cases: [
    {
      query: '{ inNorth(filter: { first: 1 }) { id } }',
      data: { inNorth: [{ id: 'b1' }, { id: 'b2' }] },
    },
    { query: '{ inNorth(filter: { first: 1, after: 2 }) { id } }' },
    { query: '{ inSouth(filter: { first: 1, after: 2 }) { id } }' },
  ],
};
