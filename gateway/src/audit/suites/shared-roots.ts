import type { Fixture } from '../fixture.ts';

const cars = [
  {
    id: '1',
    make: { id: '1', brand: 'Saab', model: '99' },
    sort: { id: '1', title: 'Sedan' },
    cost: { id: '1', amount: 1000, currency: 'SEK' },
  },
];
const root = 'type Query { car: Car @shareable cars: [Car!]! @shareable }';

export const sharedRoots: Fixture = {
  about: 'a root field that every subgraph answers with a part',
  subgraphs: {
    a: `${root} type Car @shareable { id: ID! sort: Sort! } type Sort { id: ID! @shareable title: String! }`,
    b: `${root} type Car @shareable { id: ID! make: Make! } type Make { id: ID! @shareable brand: String! model: String! }`,
    c: `${root} type Car @shareable { id: ID! cost: Cost! } type Cost { id: ID! @shareable amount: Int! currency: String! }`,
  },
  world: { Car: cars },
  answers: { Query: { car: () => cars[0], cars: () => cars } },
  cases: [
    {
      query: '{ car { id make { id brand model } sort { id title } cost { id amount currency } } }',
      data: {
        car: {
          id: '1',
          make: { id: '1', brand: 'Saab', model: '99' },
          sort: { id: '1', title: 'Sedan' },
          cost: { id: '1', amount: 1000, currency: 'SEK' },
        },
      },
    },
    {
      query:
        '{ cars { id make { id brand model } sort { id title } cost { id amount currency } } }',
      data: {
        cars: [
          {
            id: '1',
            make: { id: '1', brand: 'Saab', model: '99' },
            sort: { id: '1', title: 'Sedan' },
            cost: { id: '1', amount: 1000, currency: 'SEK' },
          },
        ],
      },
    },
  ],
};

const fans = [{ id: 'f1', mail: 'fan@town.example', nick: 'fan' }];

export const entityCall: Fixture = {
  about: 'an entity completed by a key that another subgraph had to give first',
  subgraphs: {
    mails: 'type Query { fan: Fan } type Fan @key(fields: "id") { id: ID! mail: String! }',
    nicks: 'type Fan @key(fields: "mail") { mail: String! @external nick: String }',
  },
  world: { Fan: fans },
  answers: { Query: { fan: () => fans[0] } },
  cases: [{ query: '{ fan { id nick } }', data: { fan: { id: 'f1', nick: 'fan' } } }],
};

const goods = [{ __typename: 'Good', id: 'g1', name: 'Axe', cents: 10 }];

export const nodes: Fixture = {
  about: 'the Node interface over two subgraphs',
  subgraphs: {
    node: `type Query { anyNode: Node anyUser: Node }
      interface Node { id: ID! }
      type Good implements Node @key(fields: "id") { id: ID! }
      type Somebody implements Node @key(fields: "id") { id: ID! }`,
    goods:
      'interface Node { id: ID! } type Good implements Node @key(fields: "id") { id: ID! name: String cents: Int }',
    people: 'type Somebody @key(fields: "id") { id: ID! login: String }',
  },
  world: { Good: goods, Somebody: [{ __typename: 'Somebody', id: 's1', login: 'sam' }] },
  answers: { Query: { anyNode: () => goods[0], anyUser: () => goods[0] } },
  cases: [
    {
      query: '{ anyNode { ... on Good { id name __typename cents } } }',
      data: { anyNode: { id: 'g1', name: 'Axe', __typename: 'Good', cents: 10 } },
    },
  ],
};

export const ownDirectives: Fixture = {
  about: 'a directive of the subgraphs that clients write in operations',
  subgraphs: Object.fromEntries(
    ['a', 'b'].map((name) => [
      name,
      `extend schema @link(url: "https://specs.apollo.dev/federation/v2.1", import: ["@composeDirective"])
        @link(url: "https://specs.town.example/scope/v1.0", import: ["@scope"]) @composeDirective(name: "@scope")
      directive @scope(to: Scope${name === 'a' ? '' : ' = OPEN'}) on FIELD
      enum Scope { OPEN CLOSED }
      type Query { ${name}: String }`,
    ]),
  ),
  world: {},
  answers: { Query: { a: () => 'A', b: () => 'B' } },
  cases: [{ query: '{ a @scope b @scope }', data: { a: 'A', b: 'B' } }],
};
