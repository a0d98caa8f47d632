import type { Fixture } from '../fixture.ts';

const kinds = [
  { id: 'k1', mark: 'm1', $main: 'a' },
  { id: 'k2', mark: 'm2', $main: 'b' },
];
const tools = [
  { id: 'a', serial: 's-a', kind: kinds[0], cost: { cents: 100 } },
  { id: 'b', serial: 's-b', kind: kinds[1], cost: { cents: 200 } },
];
const shelf = { tools, chosen: tools[1], first: tools[0] };

export const compoundLists: Fixture = {
  about: 'an entity whose key is the list of its members and the compound keys of these',
  subgraphs: {
    stock: `
      type Query { shelf: Shelf! }
      type Shelf @key(fields: "tools { id }") { tools: [Tool!]! }
      type Tool @extends @key(fields: "id") { id: String! @external kind: Kind @shareable }
      type Kind @key(fields: "id") { main: Tool! @shareable id: String! mark: String @shareable }`,
    link: 'type Tool @key(fields: "id") @key(fields: "id serial") { id: String! serial: String! }',
    choice: `
      type Shelf @key(fields: "tools { id serial }") { tools: [Tool!]! first: Tool @shareable chosen: Tool @shareable }
      type Tool @key(fields: "id serial") { id: String! serial: String }`,
    till: `
      type Shelf @key(fields: "tools { id serial kind { id mark } } chosen { id }") {
        tools: [Tool!]! first: Tool @shareable chosen: Tool @shareable
      }
      type Tool @key(fields: "id serial kind { id mark }") { id: String! cost: Cost serial: String kind: Kind }
      type Kind @key(fields: "id mark") { id: String! mark: String }
      type Cost { cents: Int! }`,
  },
  world: { Tool: tools, Kind: kinds, Shelf: [shelf] },
  answers: {
    Query: { shelf: () => shelf },
    Kind: { main: ({ $main }) => tools.find(({ id }) => id === $main) },
  },
  // The planner compares tens of thousands of ways for some of them.
  random: false,
  cases: [
    {
      query: `{ shelf { tools { id serial cost { cents } kind { main { id } id mark } } chosen { id } first { id } } }`,
      data: {
        shelf: {
          tools: [
            {
              id: 'a',
              serial: 's-a',
              cost: { cents: 100 },
              kind: { main: { id: 'a' }, id: 'k1', mark: 'm1' },
            },
            {
              id: 'b',
              serial: 's-b',
              cost: { cents: 200 },
              kind: { main: { id: 'b' }, id: 'k2', mark: 'm2' },
            },
          ],
          chosen: { id: 'b' },
          first: { id: 'a' },
        },
      },
    },
  ],
};
