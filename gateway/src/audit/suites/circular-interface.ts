import type { Fixture } from '../fixture.ts';

const songs = [
  { __typename: 'Song', id: 's1', minutes: 3.5, $next: 's3' },
  { __typename: 'Song', id: 's2', minutes: 4.25, $next: null },
  { __typename: 'Song', id: 's3', minutes: 3.5, $next: 's1' },
];

export const circularInterface: Fixture = {
  about: 'an interface that refers to itself, narrowed by its kind',
  subgraphs: {
    charts: `
      type Query { hit: Piece }
      interface Piece { asLong: Piece }
      type Song implements Piece @key(fields: "id") {
        id: ID! asLong: Song @provides(fields: "minutes") minutes: Float @external
      }`,
    archive: 'type Song @key(fields: "id") { id: ID! minutes: Float @shareable }',
  },
  world: { Song: songs },
  answers: {
    Query: { hit: () => songs[0] },
    Song: { asLong: ({ $next }) => songs.find(({ id }) => id === $next) ?? null },
  },
  cases: [
    {
      query: '{ hit { asLong { ... on Piece { asLong { __typename } } } } }',
      data: { hit: { asLong: { asLong: { __typename: 'Song' } } } },
    },
    {
      query: `{ hit { __typename asLong { __typename ... on Song { id } asLong { __typename ... on Song { id } } }
        ... on Song { __typename id minutes asLong { id minutes } } } }`,
      data: {
        hit: {
          __typename: 'Song',
          asLong: {
            __typename: 'Song',
            id: 's3',
            asLong: { __typename: 'Song', id: 's1' },
            minutes: 3.5,
          },
          id: 's1',
          minutes: 3.5,
        },
      },
    },
  ],
};
