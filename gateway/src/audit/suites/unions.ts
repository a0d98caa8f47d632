import type { Fixture } from '../fixture.ts';

const ovens = [
  { __typename: 'Oven', id: 'o1', years: 1 },
  { __typename: 'Oven', id: 'o2', years: 2 },
];
const grills = [
  { __typename: 'Grill', id: 'g1', years: 3 },
  { __typename: 'Grill', id: 'g2', years: 4 },
];
const devices = [...ovens, ...grills];

export const distributedKinds: Fixture = {
  about: 'a kind that is one of the interface in one subgraph only',
  subgraphs: {
    a: `type Query { devices: [Device] node(id: ID!): Node nodes: [Node] grills: [Grill] }
      union Device = Oven | Grill
      interface Node { id: ID! }
      type Oven @key(fields: "id") { id: ID! }
      type Grill implements Node @key(fields: "id") { id: ID! years: Int }`,
    b: 'interface Node { id: ID! } type Oven implements Node @key(fields: "id") { id: ID! years: Int }',
  },
  world: { Oven: ovens, Grill: grills },
  answers: {
    Query: {
      devices: () => devices,
      node: (_, { id }) => devices.find((each) => each.id === id),
      nodes: () => grills,
      grills: () => grills,
    },
  },
  random: { id: ['"g1"', '"none"'] },
  cases: [
    {
      query: '{ devices { ... on Node { id } } }',
      data: { devices: [{ id: 'o1' }, { id: 'o2' }, { id: 'g1' }, { id: 'g2' }] },
    },
    {
      query:
        '{ devices { ... on Node { __typename id ... on Oven { years } } ... on Grill { years } } }',
      data: {
        devices: [
          { __typename: 'Oven', id: 'o1', years: 1 },
          { __typename: 'Oven', id: 'o2', years: 2 },
          { __typename: 'Grill', id: 'g1', years: 3 },
          { __typename: 'Grill', id: 'g2', years: 4 },
        ],
      },
    },
    {
      query: '{ nodes { ... on Grill { years } ... on Oven { id } } }',
      data: { nodes: [{ years: 3 }, { years: 4 }] },
    },
    { query: '{ nodes { id } }', data: { nodes: [{ id: 'g1' }, { id: 'g2' }] } },
    {
      query: '{ nodes { id ... on Oven { years } ... on Node { __typename } } }',
      data: {
        nodes: [
          { id: 'g1', __typename: 'Grill' },
          { id: 'g2', __typename: 'Grill' },
        ],
      },
    },
    {
      query:
        '{ grills { ...grill ...node } } fragment grill on Grill { id } fragment node on Node { id __typename }',
      data: {
        grills: [
          { id: 'g1', __typename: 'Grill' },
          { id: 'g2', __typename: 'Grill' },
        ],
      },
    },
    { query: '{ node(id: "o1") { ... on Oven { years } } }', data: { node: null }, errors: true },
    {
      query: '{ node(id: "o1") { id ... on Node { __typename } } }',
      data: { node: null },
      errors: true,
    },
    { query: '{ node(id: "o1") { ... on Grill { years } } }', data: { node: null }, errors: true },
    { query: '{ node(id: "g1") { ... on Grill { years } } }', data: { node: { years: 3 } } },
  ],
};

const tome = { __typename: 'Tome', title: 'Deep' };
const tune = { __typename: 'Tune', title: 'Loud' };
const film = { __typename: 'Reel', title: 'Dark' };
const every = '{ __typename ... on Tune { title } ... on Reel { title } ... on Tome { title } }';
const both = '{ ... on Tome { title } ... on Reel { title } }';

export const unionsApart: Fixture = {
  about: 'a union whose members are not the same in every subgraph',
  subgraphs: {
    a: `type Query { medium: Medium @shareable tome: Tome @shareable tune: Medium owner: Owner @shareable }
      type Owner { medium: Medium @shareable tome: Tome @shareable tune: Medium }
      union Medium = Tome | Tune
      type Tome { title: String! @shareable } type Tune { title: String! @shareable }`,
    b: `type Query { medium: Medium @shareable tome: Medium @shareable owner: Owner @shareable reel: Medium }
      type Owner { medium: Medium @shareable tome: Medium @shareable reel: Medium }
      union Medium = Tome | Reel
      type Tome { title: String! @shareable } type Reel { title: String! @shareable }`,
  },
  world: { Tome: [tome], Tune: [tune], Reel: [film] },
  answers: {
    Query: {
      medium: () => tome,
      tome: () => tome,
      tune: () => tune,
      reel: () => film,
      owner: () => ({}),
    },
    Owner: { medium: () => tome, tome: () => tome, tune: () => tune, reel: () => film },
  },
  cases: [
    { query: '{ medium { ... on Reel { title } } }', data: { medium: {} } },
    { query: '{ medium { ... on Tome { title } } }', data: { medium: { title: 'Deep' } } },
    { query: `{ medium ${both} }`, data: { medium: { title: 'Deep' } } },
    {
      query: `{ medium ${every} tome ${every} tune ${every} }`,
      data: {
        medium: { __typename: 'Tome', title: 'Deep' },
        tome: { __typename: 'Tome', title: 'Deep' },
        tune: { __typename: 'Tune', title: 'Loud' },
      },
    },
    { query: '{ owner { medium { ... on Reel { title } } } }', data: { owner: { medium: {} } } },
    {
      query: '{ owner { medium { ... on Tome { title } } } }',
      data: { owner: { medium: { title: 'Deep' } } },
    },
    { query: `{ owner { medium ${both} } }`, data: { owner: { medium: { title: 'Deep' } } } },
    {
      query: `{ owner { medium ${every} tome ${every} tune ${every} } }`,
      data: {
        owner: {
          medium: { __typename: 'Tome', title: 'Deep' },
          tome: { __typename: 'Tome', title: 'Deep' },
          tune: { __typename: 'Tune', title: 'Loud' },
        },
      },
    },
    {
      query: `{ owner { reel ${every} } reel ${both} }`,
      data: { owner: { reel: { __typename: 'Reel', title: 'Dark' } }, reel: { title: 'Dark' } },
    },
    {
      query: `{ owner { tune ${both} tome ${both} reel ${both} } }`,
      data: { owner: { tune: {}, tome: { title: 'Deep' }, reel: { title: 'Dark' } } },
    },
    {
      query: `{ tune ${every} owner { tune { __typename } } }`,
      data: {
        tune: { __typename: 'Tune', title: 'Loud' },
        owner: { tune: { __typename: 'Tune' } },
      },
    },
    {
      query:
        '{ tome { ... on Tune { title } ... on Reel { title } } owner { tome { ... on Tome { title } } } }',
      data: { tome: {}, owner: { tome: { title: 'Deep' } } },
    },
  ],
};

const alpha = { __typename: 'Alpha', id: 'x1', value: 'v' };
const beta = { __typename: 'Beta', id: 'x2', name: 'n', details: 'd' };
const gamma = { __typename: 'Gamma', id: 'x3', label: 'l' };

export const partialUnion: Fixture = {
  about: 'a union of which another subgraph knows a single member',
  subgraphs: {
    a: `type Query { answer: Answer }
      type Answer @shareable { message: String steps: [Step!] }
      union Step = Alpha | Beta | Gamma
      type Alpha @shareable { id: ID! value: String }
      type Beta { id: ID! name: String details: String }
      type Gamma { id: ID! label: String }`,
    b: `type Query { other: Answer }
      type Answer @shareable { message: String steps: [Step!] }
      union Step = Alpha
      type Alpha @shareable { id: ID! value: String }`,
  },
  world: { Alpha: [alpha], Beta: [beta], Gamma: [gamma] },
  answers: {
    Query: {
      answer: () => ({ message: 'm', steps: [alpha, beta, gamma] }),
      other: () => ({ message: 'o', steps: [alpha] }),
    },
  },
  cases: [
    {
      query:
        '{ answer { message steps { __typename ... on Alpha { id value } ... on Beta { id name details } ... on Gamma { id label } } } }',
      data: {
        answer: {
          message: 'm',
          steps: [
            { __typename: 'Alpha', id: 'x1', value: 'v' },
            { __typename: 'Beta', id: 'x2', name: 'n', details: 'd' },
            { __typename: 'Gamma', id: 'x3', label: 'l' },
          ],
        },
      },
    },
    {
      query: '{ answer { steps { __typename ... on Beta { name } ... on Gamma { label } } } }',
      data: {
        answer: {
          steps: [
            { __typename: 'Alpha' },
            { __typename: 'Beta', name: 'n' },
            { __typename: 'Gamma', label: 'l' },
          ],
        },
      },
    },
  ],
};

const ofBoth = { __typename: 'Both', label: 'both' };
const ofA = { __typename: 'OnlyA', a: 'a' };
const ofB = { __typename: 'OnlyB', b: 'b' };
const all = '{ __typename ... on Both { label } ... on OnlyA { a } ... on OnlyB { b } }';

export const partialUnionDeep: Fixture = {
  about: 'a union below shared values, with members of one subgraph each',
  subgraphs: {
    a: `type Query { rootA: RootA shared: Root @shareable }
      type RootA @key(fields: "id") { id: ID! wrapper: Wrapper }
      type Root @shareable { wrapper: Wrapper }
      type Wrapper @shareable { actions: [Action!] }
      union Action = Both | OnlyA
      type Both @shareable { label: String } type OnlyA { a: String }`,
    b: `type Query { rootB: Root shared: Root @shareable }
      type RootA @key(fields: "id") { id: ID! wrapperOfB: Wrapper }
      type Root @shareable { wrapper: Wrapper }
      type Wrapper @shareable { actions: [Action!] }
      union Action = Both | OnlyB
      type Both @shareable { label: String } type OnlyB { b: String }`,
  },
  world: {
    RootA: [
      { id: '1', wrapper: { actions: [ofBoth, ofA] }, wrapperOfB: { actions: [ofBoth, ofB] } },
    ],
  },
  answers: {
    Query: {
      rootA: () => ({
        __typename: 'RootA',
        id: '1',
        wrapper: { actions: [ofBoth, ofA] },
        wrapperOfB: { actions: [ofBoth, ofB] },
      }),
      rootB: () => ({ wrapper: { actions: [ofBoth, ofB] } }),
      shared: () => ({ wrapper: { actions: [ofBoth] } }),
    },
  },
  cases: [
    {
      query: `{ rootA { wrapper { actions ${all} } } }`,
      data: {
        rootA: {
          wrapper: {
            actions: [
              { __typename: 'Both', label: 'both' },
              { __typename: 'OnlyA', a: 'a' },
            ],
          },
        },
      },
    },
    {
      query: `{ rootB { wrapper { actions ${all} } } }`,
      data: {
        rootB: {
          wrapper: {
            actions: [
              { __typename: 'Both', label: 'both' },
              { __typename: 'OnlyB', b: 'b' },
            ],
          },
        },
      },
    },
    {
      query: '{ rootA { wrapper { actions { __typename ... on OnlyB { b } } } } }',
      data: { rootA: { wrapper: { actions: [{ __typename: 'Both' }, { __typename: 'OnlyA' }] } } },
    },
    {
      query: `{ shared { wrapper { actions ${all} } } }`,
      data: { shared: { wrapper: { actions: [{ __typename: 'Both', label: 'both' }] } } },
    },
    {
      query: `{ rootA { wrapperOfB { actions ${all} } } }`,
      data: {
        rootA: {
          wrapperOfB: {
            actions: [
              { __typename: 'Both', label: 'both' },
              { __typename: 'OnlyB', b: 'b' },
            ],
          },
        },
      },
    },
  ],
};
