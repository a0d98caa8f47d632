import type { Fixture } from '../fixture.ts';

const walkers = [
  { id: 'w1', $years: 30, $with: 'w2' },
  { id: 'w2', $years: 40, $with: 'w1' },
];

export const hiddenParts: Fixture = {
  about: 'arguments, fields and enum values that clients do not see',
  subgraphs: {
    ages: 'type Query { byAge: [Walker] } type Walker @key(fields: "id") { id: ID! years: Int @inaccessible }',
    walks: `
      type Query { byWalk: [Walker] }
      type Walker @key(fields: "id") { id: ID! bond: Bond mates(bond: Bond = KIN @inaccessible): [Walker!]! }
      enum Bond { KIN @inaccessible PAL }`,
  },
  world: { Walker: walkers },
  answers: {
    Query: { byAge: () => walkers, byWalk: () => walkers },
    Walker: {
      bond: () => 'KIN',
      mates: ({ $with }) => walkers.filter(({ id }) => id === $with),
    },
  },
  random: {},
  cases: [
    {
      query: '{ byAge { id mates { id } } }',
      data: {
        byAge: [
          { id: 'w1', mates: [{ id: 'w2' }] },
          { id: 'w2', mates: [{ id: 'w1' }] },
        ],
      },
    },
    {
      query: '{ byWalk { id mates { id } } }',
      data: {
        byWalk: [
          { id: 'w1', mates: [{ id: 'w2' }] },
          { id: 'w2', mates: [{ id: 'w1' }] },
        ],
      },
    },
    { query: '{ byWalk { id mates(bond: PAL) { id } } }' },
    {
      query: '{ byWalk { id mates { id bond } } }',
      data: {
        byWalk: [
          { id: 'w1', mates: [{ id: 'w2', bond: null }] },
          { id: 'w2', mates: [{ id: 'w1', bond: null }] },
        ],
      },
    },
  ],
};
