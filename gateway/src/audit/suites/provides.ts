import type { Fixture } from '../fixture.ts';

const dogs = [{ __typename: 'Dog', id: 'a1', name: 'Rex', age: 3 }];
const cats = [{ __typename: 'Cat', id: 'a2', name: 'Mia', age: 6 }];
const pets = [...dogs, ...cats];
const atlases = [{ __typename: 'Atlas', id: 'm1', pets, title: 'Animals' }];

export const providesOnInterface: Fixture = {
  about: 'fields of an interface that come along with the field that leads to it',
  subgraphs: {
    a: `type Query { item: Item @shareable }
      interface Item { id: ID! }
      type Atlas implements Item @key(fields: "id") { id: ID! }`,
    b: `type Query { item: Item @shareable @provides(fields: "pets { id name }") }
      interface Item { id: ID! pets: [Pet] }
      interface Pet { id: ID! name: String }
      type Atlas implements Item { id: ID! @shareable pets: [Pet] @external }
      type Dog implements Pet { id: ID! @external name: String @external }
      type Cat implements Pet { id: ID! @external name: String @external }`,
    c: `interface Item { id: ID! pets: [Pet] }
      interface Pet { id: ID! name: String }
      type Atlas implements Item @key(fields: "id") { id: ID! pets: [Pet] @shareable }
      type Dog implements Pet @key(fields: "id") { id: ID! name: String @shareable age: Int }
      type Cat implements Pet @key(fields: "id") { id: ID! name: String @shareable age: Int }`,
  },
  world: { Dog: dogs, Cat: cats, Atlas: atlases },
  answers: { Query: { item: () => atlases[0] } },
  cases: [
    {
      query: '{ item { id pets { id name } } }',
      data: {
        item: {
          id: 'm1',
          pets: [
            { id: 'a1', name: 'Rex' },
            { id: 'a2', name: 'Mia' },
          ],
        },
      },
    },
    {
      query: '{ item { id pets { id name ... on Cat { age } } } }',
      data: {
        item: {
          id: 'm1',
          pets: [
            { id: 'a1', name: 'Rex' },
            { id: 'a2', name: 'Mia', age: 6 },
          ],
        },
      },
    },
  ],
};

export const providesOnUnion: Fixture = {
  about: 'fields of a kind of a union that come along with the field that leads to it',
  subgraphs: {
    a: 'type Query { item: [Item] @shareable } union Item = Atlas type Atlas @key(fields: "id") { id: ID! }',
    b: `type Query { item: [Item] @shareable @provides(fields: "... on Atlas { title }") }
      union Item = Atlas | Film
      type Atlas @key(fields: "id") { id: ID! title: String @external }
      type Film @key(fields: "id") { id: ID! }`,
    c: 'type Atlas @key(fields: "id") { id: ID! title: String @shareable pages: Int } type Film @key(fields: "id") { id: ID! title: String @shareable }',
  },
  world: { Atlas: atlases, Film: [{ __typename: 'Film', id: 'f1', title: 'Sea' }] },
  answers: { Query: { item: () => [atlases[0]] }, Atlas: { pages: () => 64 } },
  cases: [
    {
      query: '{ item { ... on Atlas { id title } ... on Film { id } } }',
      data: { item: [{ id: 'm1', title: 'Animals' }] },
    },
    {
      query: '{ item { ... on Atlas { id pages } ... on Film { id title } } }',
      data: { item: [{ id: 'm1', pages: 64 }] },
    },
  ],
};

const leaf = { id: 'g3', label: 'Kettle' };
const groups = [{ id: 'g1', label: 'All', inner: [{ id: 'g2', label: 'Home', inner: [leaf] }] }];
const wares = [{ id: 'w1', groups }];

export const nestedProvides: Fixture = {
  about: 'what is provided below what is provided',
  subgraphs: {
    'all-wares': 'type Ware @key(fields: "id") { id: ID! }',
    groups: `
      type Query { wares: [Ware] @provides(fields: "groups { id label inner { id label } }") }
      type Ware @key(fields: "id") { id: ID! groups: [Group] @external }
      type Group @key(fields: "id") { id: ID! label: String inner: [Group] @external }`,
    inner: `
      type Ware @key(fields: "id") { id: ID! groups: [Group] @shareable }
      type Group @key(fields: "id") { id: ID! inner: [Group] @shareable }`,
  },
  world: { Ware: wares, Group: [groups[0] ?? leaf, ...(groups[0]?.inner ?? []), leaf] },
  answers: {
    Query: { wares: () => wares },
    Ware: { groups: () => groups },
    Group: { inner: ({ id }) => (id === 'g1' ? groups[0]?.inner : id === 'g2' ? [leaf] : []) },
  },
  cases: [
    {
      query: '{ wares { id groups { id label } } }',
      data: { wares: [{ id: 'w1', groups: [{ id: 'g1', label: 'All' }] }] },
    },
    {
      query: '{ wares { id groups { id inner { id label } } } }',
      data: { wares: [{ id: 'w1', groups: [{ id: 'g1', inner: [{ id: 'g2', label: 'Home' }] }] }] },
    },
  ],
};

const masts = [
  { id: 'e1', name: 'First', text: 'A mast', extra: 'x1' },
  { id: 'e2', name: 'Second', text: 'Another', extra: 'x2' },
];

export const providedAndNotAsked: Fixture = {
  about: 'fields that come along, of which no more is fetched than is asked for',
  subgraphs: {
    home: 'type Mast @key(fields: "id") { id: ID! name: String! @shareable text: String! @shareable extra: String }',
    entry: `
      type Query {
        mast: Mast @provides(fields: "name text")
        masts: [Mast!]! @provides(fields: "name text")
      }
      type Mast @key(fields: "id") { id: ID! name: String! @external text: String! @external }`,
  },
  world: { Mast: masts },
  answers: { Query: { mast: () => masts[0], masts: () => masts } },
  only: {
    entry: {
      Mast: {
        text: () => {
          throw new Error('Nobody asked for the text.');
        },
      },
    },
  },
  random: false,
  cases: [
    { query: '{ mast { id } }', data: { mast: { id: 'e1' } } },
    { query: '{ mast { id name } }', data: { mast: { id: 'e1', name: 'First' } } },
    { query: '{ mast { id shown: name } }', data: { mast: { id: 'e1', shown: 'First' } } },
    { query: '{ mast { id ... on Mast { name } } }', data: { mast: { id: 'e1', name: 'First' } } },
    {
      query: '{ mast { id ...named } } fragment named on Mast { name }',
      data: { mast: { id: 'e1', name: 'First' } },
    },
    {
      query: '{ mast { id name extra } }',
      data: { mast: { id: 'e1', name: 'First', extra: 'x1' } },
    },
    {
      query: '{ masts { id name } }',
      data: {
        masts: [
          { id: 'e1', name: 'First' },
          { id: 'e2', name: 'Second' },
        ],
      },
    },
    {
      query: '{ masts { id name extra } }',
      data: {
        masts: [
          { id: 'e1', name: 'First', extra: 'x1' },
          { id: 'e2', name: 'Second', extra: 'x2' },
        ],
      },
    },
    { query: '{ mast { id ... on Mast @skip(if: true) { text } } }', data: { mast: { id: 'e1' } } },
    {
      query: '{ mast { id ... on Mast @include(if: false) { text } } }',
      data: { mast: { id: 'e1' } },
    },
    {
      query: '{ mast { id ... { name } ... { extra } } }',
      data: { mast: { id: 'e1', name: 'First', extra: 'x1' } },
    },
  ],
};
