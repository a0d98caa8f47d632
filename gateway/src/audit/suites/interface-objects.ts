import type { Fixture } from '../fixture.ts';

const citizens = [
  { __typename: 'Citizen', id: 'c1', name: 'Ida', age: 11, login: 'ida-c1' },
  { __typename: 'Citizen', id: 'c2', name: 'Jon', age: 22, login: 'jon-c2' },
];
const chiefs = [
  { __typename: 'Chief', id: 'u1', title: 'Alma', active: true },
  { __typename: 'Chief', id: 'u2', title: 'Bela', active: true },
];
const clerks = [{ __typename: 'Clerk', id: 'u3', title: 'Cora', active: false }];
const staff = [...chiefs, ...clerks];

const known = [
  { id: 'c1', name: 'Ida', login: 'ida-c1' },
  { id: 'c2', name: 'Jon', login: 'jon-c2' },
];
const ages = [{ age: 11 }, { age: 22 }];
const civil = ['named', 'citizens'].flatMap((root) => [
  { query: `{ ${root} { id name login } }`, data: { [root]: known } },
  { query: `{ ${root} { ... on Citizen { age } } }`, data: { [root]: ages } },
  {
    query: `{ ${root} { ... on Citizen { age id name login } id name } }`,
    data: { [root]: known.map((each, at) => ({ ...ages[at], ...each })) },
  },
]);

export const interfaceObjects: Fixture = {
  about: 'interfaces that other subgraphs extend without knowing their kinds',
  subgraphs: {
    register: `
      type Query { citizens: [Named!]! }
      interface Named @key(fields: "id") { id: ID! name: String }
      type Citizen implements Named @key(fields: "id") { id: ID! name: String age: Int }
      interface Staff @key(fields: "id") { id: ID! }
      type Chief implements Staff @key(fields: "id") { id: ID! active: Boolean! @shareable }
      type Clerk implements Staff @key(fields: "id") { id: ID! active: Boolean! @shareable }`,
    logins: `
      type Query { named: [Named] staff: [Staff] @shareable }
      type Named @key(fields: "id") @interfaceObject { id: ID! login: String }
      type Staff @key(fields: "id") @interfaceObject { id: ID! title: String! }`,
    duty: `
      type Query { staff: [Staff] @shareable }
      type Staff @key(fields: "id") @interfaceObject { id: ID! active: Boolean! @shareable }`,
  },
  world: { Citizen: citizens, Chief: chiefs, Clerk: clerks },
  answers: { Query: { citizens: () => citizens, named: () => citizens, staff: () => staff } },
  cases: [
    ...civil,
    {
      query: '{ citizens { ... on Citizen { age id name login } id name } }',
      data: {
        citizens: [
          { age: 11, id: 'c1', name: 'Ida', login: 'ida-c1' },
          { age: 22, id: 'c2', name: 'Jon', login: 'jon-c2' },
        ],
      },
    },
    {
      query: '{ staff { title } }',
      data: { staff: [{ title: 'Alma' }, { title: 'Bela' }, { title: 'Cora' }] },
    },
    {
      query: '{ staff { ... on Chief { title } } }',
      data: { staff: [{ title: 'Alma' }, { title: 'Bela' }, {}] },
    },
    {
      query: '{ staff { title __typename } }',
      data: {
        staff: [
          { title: 'Alma', __typename: 'Chief' },
          { title: 'Bela', __typename: 'Chief' },
          { title: 'Cora', __typename: 'Clerk' },
        ],
      },
    },
    {
      query: '{ staff { ... on Chief { __typename } } }',
      data: { staff: [{ __typename: 'Chief' }, { __typename: 'Chief' }, {}] },
    },
    {
      query: '{ staff { id active } }',
      data: {
        staff: [
          { id: 'u1', active: true },
          { id: 'u2', active: true },
          { id: 'u3', active: false },
        ],
      },
    },
    {
      query: '{ staff { id ... on Chief { active } } }',
      data: { staff: [{ id: 'u1', active: true }, { id: 'u2', active: true }, { id: 'u3' }] },
    },
  ],
};

export const interfaceObjectRequires: Fixture = {
  about: 'an interface object that needs fields of its kinds',
  subgraphs: {
    register: `
      type Query { citizens: [Named!]! }
      interface Named @key(fields: "id") { id: ID! name: String }
      type Citizen implements Named @key(fields: "id") { id: ID! name: String age: Int }`,
    logins: `
      type Query { named: [Named] }
      type Named @key(fields: "id") @interfaceObject { id: ID! name: String @external login: String @requires(fields: "name") }`,
  },
  world: { Citizen: citizens },
  answers: {
    Query: { citizens: () => citizens, named: () => citizens },
    Named: { login: ({ id, name }) => `${name}-${id}`.toLowerCase() },
    Citizen: { login: ({ id, name }) => `${name}-${id}`.toLowerCase() },
  },
  cases: [
    ...civil,
    {
      query: '{ citizens { ... on Citizen { login age } id ... on Named { login } } }',
      data: {
        citizens: [
          { login: 'ida-c1', age: 11, id: 'c1' },
          { login: 'jon-c2', age: 22, id: 'c2' },
        ],
      },
    },
  ],
};

const films = [{ __typename: 'Film', id: '1', title: 'Rain', minutes: 90, by: 'Eva' }];
const texts = [{ __typename: 'Text', id: '2', title: 'Snow', words: 900, by: 'Leo' }];
const lists = [{ id: '1', name: 'Friday', first: films[0] }];
const directors = [{ id: '1', name: 'Eva' }];

export const interfaceObjectFromAside: Fixture = {
  about: 'an interface object reached over a subgraph that has nothing but its key',
  subgraphs: {
    media: `
      type Query { latest: Media }
      interface Media @key(fields: "id") { id: ID! title: String }
      type Film implements Media @key(fields: "id") { id: ID! title: String minutes: Int }
      type Text implements Media @key(fields: "id") { id: ID! title: String words: Int }`,
    makers: `
      type Query { director: Director }
      type Director @key(fields: "id") { id: ID! name: String }
      type Media @key(fields: "id") @interfaceObject { id: ID! by: String }`,
    lists: `
      type Query { list: List }
      type List @key(fields: "id") { id: ID! name: String first: Media }
      type Media @key(fields: "id") @interfaceObject { id: ID! }`,
  },
  world: { Film: films, Text: texts, List: lists, Director: directors },
  answers: {
    Query: { latest: () => films[0], director: () => directors[0], list: () => lists[0] },
  },
  cases: [
    {
      query: `{ latest { id title ... on Film { minutes by } ... on Text { words } } director { id name }
        list { id name first { id ... on Film { minutes } } } }`,
      data: {
        latest: { id: '1', title: 'Rain', minutes: 90, by: 'Eva' },
        director: { id: '1', name: 'Eva' },
        list: { id: '1', name: 'Friday', first: { id: '1', minutes: 90 } },
      },
    },
  ],
};

const loaves = [{ __typename: 'Loaf', id: 'l1', name: 'Rye' }];

export const unresolvableInterfaceObject: Fixture = {
  about: 'interface objects and interfaces by whose key nobody can find anything',
  subgraphs: {
    a: `
      type Query { a: Node goods: Goods! }
      interface Node @key(fields: "id") { id: ID! }
      type Goods @key(fields: "id", resolvable: false) @interfaceObject { id: ID! }`,
    b: `
      type Query { b: Node }
      type Node @key(fields: "id", resolvable: false) @interfaceObject { id: ID! field: String }
      interface Goods @key(fields: "id") { id: ID! }
      type Loaf implements Goods @key(fields: "id") { id: ID! name: String! }`,
  },
  world: { Loaf: loaves },
  answers: {
    Query: {
      a: () => ({ __typename: 'Node', id: 'n1' }),
      b: () => ({ __typename: 'Node', id: 'n1', field: 'foo' }),
      goods: () => loaves[0],
    },
  },
  hasOracle: false,
  cases: [
    { query: '{ b { id field } }', data: { b: { id: 'n1', field: 'foo' } } },
    { query: '{ a { field } }' },
    { query: '{ b { id } }', data: { b: { id: 'n1' } } },
    { query: '{ a { id } }', data: { a: null }, errors: true },
    { query: '{ goods { id } }', data: { goods: { id: 'l1' } } },
    { query: '{ goods { id name } }' },
    { query: '{ goods { ... on Loaf { id } } }', data: { goods: { id: 'l1' } } },
  ],
};
