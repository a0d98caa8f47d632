import type { Fixture } from '../fixture.ts';

const guests = [{ __typename: 'Guest', id: 'g1', name: 'Gil' }];
const hosts = [{ __typename: 'Host', id: 'h1', name: 'Hal' }];
const everybody = [...guests, ...hosts];

const both = '... on Guest { id name } ... on Host { id name }';

export const nullableIds: Fixture = {
  about: 'fields of one name whose types differ between the kinds of a union',
  subgraphs: {
    door: 'type Query { guests: [Guest!]! } type Guest { id: ID @shareable }',
    hall: `
      type Query { visitors: [Visitor!]! }
      union Visitor = Guest | Host
      type Guest @key(fields: "id") { id: ID! name: String beside: [Visitor!]! }
      type Host { id: ID name: String @shareable beside: [Visitor!]! }`,
  },
  world: { Guest: guests, Host: hosts },
  answers: {
    Query: { guests: () => guests, visitors: () => everybody },
    Guest: { beside: () => everybody },
    Host: { beside: () => everybody },
  },
  cases: [
    {
      query: `{ guests { id name } visitors { ${both} } }`,
      data: {
        guests: [{ id: 'g1', name: 'Gil' }],
        visitors: [
          { id: 'g1', name: 'Gil' },
          { id: 'h1', name: 'Hal' },
        ],
      },
    },
    {
      query: `query beside { guests { id name } visitors {
        ... on Guest { id name beside { ${both} } } ... on Host { id name beside { ${both} } } } }`,
      data: {
        guests: [{ id: 'g1', name: 'Gil' }],
        visitors: [
          {
            id: 'g1',
            name: 'Gil',
            beside: [
              { id: 'g1', name: 'Gil' },
              { id: 'h1', name: 'Hal' },
            ],
          },
          {
            id: 'h1',
            name: 'Hal',
            beside: [
              { id: 'g1', name: 'Gil' },
              { id: 'h1', name: 'Hal' },
            ],
          },
        ],
      },
    },
    {
      query: `query deeper { guests { id name } visitors { ...again } }
        fragment again on Visitor { ... on Guest { id name beside { ...last } } ... on Host { id name beside { ...last } } }
        fragment last on Visitor { ... on Guest { id beside { ${both} } } ... on Host { id beside { ${both} } } }`,
      data: {
        guests: [{ id: 'g1', name: 'Gil' }],
        visitors: [
          {
            id: 'g1',
            name: 'Gil',
            beside: [
              {
                id: 'g1',
                beside: [
                  { id: 'g1', name: 'Gil' },
                  { id: 'h1', name: 'Hal' },
                ],
              },
              {
                id: 'h1',
                beside: [
                  { id: 'g1', name: 'Gil' },
                  { id: 'h1', name: 'Hal' },
                ],
              },
            ],
          },
          {
            id: 'h1',
            name: 'Hal',
            beside: [
              {
                id: 'g1',
                beside: [
                  { id: 'g1', name: 'Gil' },
                  { id: 'h1', name: 'Hal' },
                ],
              },
              {
                id: 'h1',
                beside: [
                  { id: 'g1', name: 'Gil' },
                  { id: 'h1', name: 'Hal' },
                ],
              },
            ],
          },
        ],
      },
    },
    {
      query: `{ visitors { ... on Guest { name beside { ... on Guest { name } ... on Host { name beside { ... on Host { name } } } } }
        ... on Host { name beside { ... on Guest { name beside { ... on Guest { name } } } ... on Host { name } } } } }`,
      data: {
        visitors: [
          {
            name: 'Gil',
            beside: [{ name: 'Gil' }, { name: 'Hal', beside: [{}, { name: 'Hal' }] }],
          },
          {
            name: 'Hal',
            beside: [{ name: 'Gil', beside: [{ name: 'Gil' }, {}] }, { name: 'Hal' }],
          },
        ],
      },
    },
  ],
};
