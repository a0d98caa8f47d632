import type { Fixture } from '../fixture.ts';

const badges = [
  { id: 'b1', rank: 'PLAIN' },
  { id: 'b2', rank: 'SECRET' },
];

export const enumParts: Fixture = {
  about: 'an enum of which a subgraph knows more than another, and more than clients may',
  subgraphs: {
    issue: `
      type Query { badges: [Badge!] }
      type Badge @key(fields: "id") { id: ID rank: Rank @shareable }
      enum Rank { PLAIN }`,
    audit: `
      type Query { badgesOf(rank: Rank!): [Badge!] everyBadge: [Badge!] }
      type Badge @key(fields: "id") { id: ID rank: Rank @shareable }
      enum Rank { SECRET @inaccessible PLAIN }`,
  },
  world: { Badge: badges },
  answers: {
    Query: {
      badges: () => badges,
      everyBadge: () => badges,
      badgesOf: (_, { rank }) => badges.filter((each) => each.rank === rank),
    },
  },
  random: false,
  cases: [
    { query: '{ badges { id } }', data: { badges: [{ id: 'b1' }, { id: 'b2' }] } },
    {
      query: '{ badges { id rank } }',
      data: {
        badges: [
          { id: 'b1', rank: 'PLAIN' },
          { id: 'b2', rank: null },
        ],
      },
      errors: true,
    },
    {
      query: '{ everyBadge { id rank } }',
      data: {
        everyBadge: [
          { id: 'b1', rank: 'PLAIN' },
          { id: 'b2', rank: null },
        ],
      },
    },
    {
      query: '{ badgesOf(rank: PLAIN) { id rank } }',
      data: { badgesOf: [{ id: 'b1', rank: 'PLAIN' }] },
    },
    { query: '{ badgesOf(rank: SECRET) { id rank } }' },
  ],
};
