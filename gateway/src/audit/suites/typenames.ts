import type { Fixture } from '../fixture.ts';

const ovens = [{ __typename: 'Oven', id: '1' }];
const grills = [{ __typename: 'Grill', id: '2', watts: 900 }];
const wardens = [
  { __typename: 'Warden', id: 'u1', isAdmin: true, name: 'Wa' },
  { __typename: 'Warden', id: 'u2', isAdmin: true, name: 'Wb' },
];

export const typenames: Fixture = {
  about: 'the names of types, under any key, of unions, interfaces and interface objects',
  subgraphs: {
    a: `type Query { either: Device thing: Thing }
      union Device = Oven | Grill
      interface Thing { id: ID! }
      type Oven implements Thing @key(fields: "id") { id: ID! }
      type Grill implements Thing @key(fields: "id") { id: ID! }
      interface Member @key(fields: "id") { id: ID! isAdmin: Boolean! }
      type Warden implements Member @key(fields: "id") { id: ID! isAdmin: Boolean! }`,
    b: `type Query { members: [Member] }
      type Member @key(fields: "id") @interfaceObject { id: ID! name: String }
      type Grill @key(fields: "id") { id: ID! watts: Int }`,
  },
  world: { Oven: ovens, Grill: grills, Warden: wardens },
  answers: { Query: { either: () => ovens[0], thing: () => grills[0], members: () => wardens } },
  cases: [
    {
      query: '{ either { __typename kind: __typename } }',
      data: { either: { __typename: 'Oven', kind: 'Oven' } },
    },
    {
      query: '{ thing { id __typename kind: __typename t: __typename } }',
      data: { thing: { id: '2', __typename: 'Grill', kind: 'Grill', t: 'Grill' } },
    },
    {
      query:
        '{ either { __typename ... on Oven { kind: __typename } ... on Grill { kind: __typename } } }',
      data: { either: { __typename: 'Oven', kind: 'Oven' } },
    },
    {
      query:
        '{ thing { __typename ... on Oven { kind: __typename } ... on Grill { kind: __typename } } }',
      data: { thing: { __typename: 'Grill', kind: 'Grill' } },
    },
    { query: '{ members { id } }', data: { members: [{ id: 'u1' }, { id: 'u2' }] } },
    {
      query: '{ members { __typename } }',
      data: { members: [{ __typename: 'Warden' }, { __typename: 'Warden' }] },
    },
    {
      query: '{ members { id: __typename } thing { id: __typename ... on Grill { watts } } }',
      data: { members: [{ id: 'Warden' }, { id: 'Warden' }], thing: { id: 'Grill', watts: 900 } },
    },
  ],
};
