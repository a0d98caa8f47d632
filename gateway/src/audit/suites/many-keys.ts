import type { Fixture } from '../fixture.ts';

const parts = [
  { id: '1', tag: 't1', place: { row: 'r1', bay: 'b1', bin: 'n1' }, name: 'Bolt' },
  { id: '2', tag: 't2', place: { row: 'r2', bay: 'b2', bin: 'n2' }, name: 'Nut' },
];
const kits = [{ id: '100', parts: [parts[0]] }];

export const manyKeys: Fixture = {
  about: 'an entity with simple and compound keys, most of them not resolvable',
  subgraphs: {
    names: `
      type Part @key(fields: "id") @key(fields: "tag", resolvable: false)
        @key(fields: "place { row bay }", resolvable: false) @key(fields: "id place { bay bin }", resolvable: false) {
        id: ID! tag: ID! place: Place! name: String!
      }
      type Place { row: ID! bay: ID! bin: ID! }`,
    kits: `
      type Query { kit: Kit }
      type Kit @key(fields: "id") { id: ID! parts: [Part!]! }
      type Part @key(fields: "place { row bay }", resolvable: false) @key(fields: "id place { bay bin }")
        @key(fields: "tag", resolvable: false) @key(fields: "id", resolvable: false) {
        id: ID! tag: ID! place: Place! name: String! @external label: String! @requires(fields: "name")
      }
      type Place { row: ID! bay: ID! bin: ID! }`,
  },
  world: { Part: parts, Kit: kits },
  answers: { Query: { kit: () => kits[0] }, Part: { label: ({ name }) => `<${name}>` } },
  cases: [
    {
      query: '{ kit { id parts { id name label } } }',
      data: { kit: { id: '100', parts: [{ id: '1', name: 'Bolt', label: '<Bolt>' }] } },
    },
  ],
};

const tomes = [
  { id: '1', upc: 'u1', writer: { id: 'a1', name: 'Asa' } },
  { id: '2', upc: 'u2', writer: { id: 'a2', name: 'Bo' } },
  { id: '3', upc: 'u3', writer: { id: 'a3', name: 'Cy' } },
];

export const missingKeys: Fixture = {
  about: 'an entity that the only subgraph between two others does not have',
  subgraphs: {
    crates:
      'type Query { crates: [Crate] } type Crate { tome: Tome } type Tome @key(fields: "upc") { upc: ID! }',
    ids: 'type Tome @key(fields: "id") @key(fields: "upc") { id: ID! upc: ID! }',
    writers:
      'type Tome @key(fields: "id") { id: ID! writer: Writer } type Writer { id: ID! name: String }',
  },
  world: { Tome: tomes },
  answers: { Query: { crates: () => tomes.map((tome) => ({ tome })) } },
  lacks: { ids: ({ upc }) => upc === 'u3' },
  hasOracle: false,
  cases: [
    {
      query: '{ crates { tome { upc writer { name } } } }',
      data: {
        crates: [
          { tome: { upc: 'u1', writer: { name: 'Asa' } } },
          { tome: { upc: 'u2', writer: { name: 'Bo' } } },
          { tome: { upc: 'u3', writer: null } },
        ],
      },
    },
  ],
};

const towns = [
  { id: '1', code: 'X', name: 'Alby', zone: { id: '10', title: 'North' } },
  { id: '2', code: 'Y', name: 'Borg', zone: { id: '20', title: 'South' } },
];

export const parentCall: Fixture = {
  about: 'fields of a value that are reached only over the entity it belongs to',
  subgraphs: {
    a: `type Query { towns: [Town!]! }
      type Town @key(fields: "id") @key(fields: "id code") { id: ID! code: ID! zone: Zone @shareable }
      type Zone @key(fields: "id") { id: ID! title: String! @shareable }`,
    b: `type Town @key(fields: "id code") { id: ID! code: ID! zone: Zone @shareable }
      type Zone @key(fields: "id") { id: ID! title: String! @shareable }`,
    c: `type Town @key(fields: "id code") { id: ID! code: ID! zone: Zone @shareable }
      type Zone { detail: Detail }
      type Detail { townsInside: Int }`,
  },
  world: { Town: towns, Zone: towns.map(({ zone }) => zone) },
  answers: {
    Query: { towns: () => towns },
    Zone: { detail: () => ({ townsInside: 1 }) },
  },
  cases: [
    {
      query: '{ towns { id zone { detail { townsInside } id } } }',
      data: {
        towns: [
          { id: '1', zone: { detail: { townsInside: 1 }, id: '10' } },
          { id: '2', zone: { detail: { townsInside: 1 }, id: '20' } },
        ],
      },
    },
  ],
};

const areas = [{ id: '3', title: 'Area 3', $note: 'about Hus' }];
const homes = [{ id: '1', name: 'Hus', area: areas[0] }];

export const parentCallOverMany: Fixture = {
  about: 'a value of one entity put together from subgraphs that know a field of it each',
  subgraphs: {
    a: 'type Home @key(fields: "id") { id: ID @external area: Area @shareable } type Area { note: String }',
    b: 'type Home @key(fields: "id") { id: ID @external area: Area @shareable } type Area @key(fields: "id") { id: ID }',
    c: 'type Area @key(fields: "id") { id: ID title: String }',
    d: 'type Query { home(id: ID!): Home } type Home @key(fields: "id") { id: ID name: String }',
  },
  world: { Home: homes, Area: areas },
  answers: { Query: { home: () => homes[0] }, Area: { note: ({ $note }) => $note } },
  random: { id: ['"1"'] },
  cases: [
    {
      query: '{ home(id: "1") { id name area { id title note } } }',
      data: {
        home: { id: '1', name: 'Hus', area: { id: '3', title: 'Area 3', note: 'about Hus' } },
      },
    },
  ],
};
