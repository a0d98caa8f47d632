import type { Fixture } from '../fixture.ts';

const never = () => {
  throw new Error('Overridden, but asked for.');
};

const pictures = [
  { __typename: 'Picture', id: 'p1', at: 'monday' },
  { __typename: 'Picture', id: 'p2', at: 'friday' },
];
const essays = [{ __typename: 'Essay', id: 'e1', at: 'sunday', body: 'Long' }];

export const overrideInInterface: Fixture = {
  about: 'a field of a kind that another subgraph has taken over, asked for on the interface',
  subgraphs: {
    a: `type Query { wall: [Entry] }
      interface Entry { id: ID! at: String! }
      type Picture implements Entry @key(fields: "id") { id: ID! at: String! }`,
    b: `type Query { newWall: [NewEntry] }
      interface NewEntry { id: ID! at: String! }
      type Picture implements NewEntry @key(fields: "id") { id: ID! at: String! @override(from: "a") }
      interface Entry { id: ID! at: String! }
      type Essay implements Entry @key(fields: "id") { id: ID! at: String! body: String! }`,
  },
  world: { Picture: pictures, Essay: essays },
  answers: { Query: { wall: () => pictures, newWall: () => pictures } },
  only: { a: { Picture: { at: never } } },
  cases: [
    {
      query: '{ wall { id at } }',
      data: {
        wall: [
          { id: 'p1', at: 'monday' },
          { id: 'p2', at: 'friday' },
        ],
      },
    },
    { query: '{ wall { ... on Essay { id body } } }', data: { wall: [{}, {}] } },
    { query: '{ newWall { at } }', data: { newWall: [{ at: 'monday' }, { at: 'friday' }] } },
    {
      query: '{ newWall { at id ... on Picture { at id } } }',
      data: {
        newWall: [
          { at: 'monday', id: 'p1' },
          { at: 'friday', id: 'p2' },
        ],
      },
    },
  ],
};

const people = [
  { id: 'u1', name: 'Ola' },
  { id: 'u2', name: 'Per' },
  { id: 'u3', name: 'Rut' },
];
const all = '{ id name loud quiet }';

export const overrideWithRequires: Fixture = {
  about: 'a field that was taken over and that others require',
  subgraphs: {
    a: `type Query { inA: Human } type Human @key(fields: "id") {
      id: ID! name: String! @external loud: String! @requires(fields: "name") }`,
    b: 'type Query { inB: Human } type Human @key(fields: "id") { id: ID! name: String! @override(from: "c") }',
    c: `type Query { inC: Human } type Human @key(fields: "id") {
      id: ID! name: String! quiet: String! }`,
  },
  world: { Human: people },
  answers: {
    Query: { inA: () => people[0], inB: () => people[1], inC: () => people[2] },
    Human: { loud: ({ name }) => `${name}!`, quiet: ({ id }) => `(${id})` },
  },
  only: { c: { Human: { name: never } } },
  cases: [
    {
      query: `{ inA ${all} inB ${all} inC ${all} }`,
      data: {
        inA: { id: 'u1', name: 'Ola', loud: 'Ola!', quiet: '(u1)' },
        inB: { id: 'u2', name: 'Per', loud: 'Per!', quiet: '(u2)' },
        inC: { id: 'u3', name: 'Rut', loud: 'Rut!', quiet: '(u3)' },
      },
    },
    { query: '{ inC { quiet } }', data: { inC: { quiet: '(u3)' } } },
    { query: '{ inA { quiet } }', data: { inA: { quiet: '(u1)' } } },
    { query: '{ inA { loud } }', data: { inA: { loud: 'Ola!' } } },
  ],
};

const leaves = [{ id: 'l1', color: 'red' }];

export const override: Fixture = {
  about: 'a field that was taken over',
  subgraphs: {
    a: `type Query { leaves: [Leaf] leavesOfA: [Leaf] }
      type Leaf @key(fields: "id") { id: ID! color: String! @override(from: "b") }`,
    b: `type Query { leavesOfB: [Leaf] }
      type Leaf @key(fields: "id") { id: ID! color: String! @shareable }`,
  },
  world: { Leaf: leaves },
  answers: { Query: { leaves: () => leaves, leavesOfA: () => leaves, leavesOfB: () => leaves } },
  only: { b: { Leaf: { color: never } } },
  cases: [
    { query: '{ leavesOfA { id color } }', data: { leavesOfA: [{ id: 'l1', color: 'red' }] } },
    { query: '{ leavesOfB { id color } }', data: { leavesOfB: [{ id: 'l1', color: 'red' }] } },
  ],
};

export const overrideOfNobody: Fixture = {
  about: 'a field taken over from a subgraph that is not there',
  subgraphs: {
    a: `type Query { leaves: [Leaf] @override(from: "gone") leavesOfA: [Leaf] }
      type Leaf @key(fields: "id") { id: ID! color: String! @override(from: "gone") }`,
    b: `type Query { leavesOfB: [Leaf] } type Leaf @key(fields: "id") { id: ID! size: Int }`,
  },
  world: { Leaf: leaves },
  answers: {
    Query: { leaves: () => leaves, leavesOfA: () => leaves, leavesOfB: () => leaves },
    Leaf: { size: () => 3 },
  },
  cases: [
    {
      query: '{ leaves { id color size } }',
      data: { leaves: [{ id: 'l1', color: 'red', size: 3 }] },
    },
    {
      query: '{ leavesOfB { id color } leavesOfA { size } }',
      data: { leavesOfB: [{ id: 'l1', color: 'red' }], leavesOfA: [{ size: 3 }] },
    },
  ],
};
