import type { Fixture } from '../fixture.ts';

const essays = [
  { id: 'e1', $by: 1 },
  { id: 'e2', $by: 12 },
];

export const requiresCircle: Fixture = {
  about: 'fields of two subgraphs that require each other’s entities in turn',
  subgraphs: {
    a: `type Query { feed: [Essay] }
      type Essay @key(fields: "id") { id: ID! byNovice: Boolean! @external byMaster: Boolean! @requires(fields: "byNovice") }
      type Scribe @key(fields: "id") { id: ID! years: Int! }`,
    b: `type Essay @key(fields: "id") { id: ID! scribe: Scribe! byNovice: Boolean! @requires(fields: "scribe { years }") }
      type Scribe @key(fields: "id") { id: ID! years: Int! @external }`,
  },
  world: {
    Essay: essays,
    Scribe: [
      { id: 's1', years: 1 },
      { id: 's12', years: 12 },
    ],
  },
  answers: {
    Query: { feed: () => essays },
    Essay: {
      scribe: ({ $by }) => ({ __typename: 'Scribe', id: `s${$by}`, years: $by }),
      byNovice: ({ scribe }) => scribe.years < 5,
      byMaster: ({ byNovice }) => {
        if (byNovice === undefined) throw new Error('byNovice is required.');
        return !byNovice;
      },
    },
  },
  cases: [
    { query: '{ feed { byNovice } }', data: { feed: [{ byNovice: true }, { byNovice: false }] } },
    { query: '{ feed { byMaster } }', data: { feed: [{ byMaster: false }, { byMaster: true }] } },
  ],
};

const places = [
  { __typename: 'Home', id: 'h1', town: 'Ry', land: 'dk' },
  { __typename: 'Office', id: 'o1', town: 'Bo', land: 'it' },
];
const owners = [
  { id: 'u1', name: 'Ua', place: places[0] },
  { id: 'u2', name: 'Ub', place: places[1] },
];
const placeOf = (id?: string) => places.find((each) => each.id === id);

export const requiresInterface: Fixture = {
  about: 'a required field of an interface, whole and of one kind',
  subgraphs: {
    a: `type Query { a: Owner }
      interface Place { id: ID! }
      type Home implements Place @key(fields: "id") { id: ID! town: String @shareable }
      type Office implements Place @key(fields: "id") { id: ID! town: String @shareable }
      type Owner @key(fields: "id") {
        id: ID! name: String! @shareable place: Place @external
        town: String @requires(fields: "place { id }")
        land: String @requires(fields: "place { ... on Office { id } }")
      }`,
    b: `type Query { b: Owner }
      interface Place { id: ID! }
      type Home implements Place @key(fields: "id") { id: ID! town: String @shareable }
      type Office implements Place @key(fields: "id") { id: ID! town: String @shareable }
      type Barn implements Place @key(fields: "id") { id: ID! town: String @shareable }
      type Owner @key(fields: "id") { id: ID! name: String! @shareable place: Place @shareable }`,
  },
  world: { Owner: owners, Home: places.slice(0, 1), Office: places.slice(1), Barn: [] },
  answers: {
    Query: { a: () => owners[0], b: () => owners[1] },
    Owner: {
      town: ({ place }) => placeOf(place.id)?.town,
      // Required by name of one kind; other requirements may have sent the ids of others.
      land: ({ place }) => {
        const found = placeOf(place.id);
        return found?.__typename === 'Office' ? found.land : null;
      },
    },
  },
  cases: [
    { query: '{ a { town } }', data: { a: { town: 'Ry' } } },
    { query: '{ b { town } }', data: { b: { town: 'Bo' } } },
    { query: '{ a { land } }', data: { a: { land: null } } },
    {
      query: '{ a { place { __typename id } } }',
      data: { a: { place: { __typename: 'Home', id: 'h1' } } },
    },
    {
      query: '{ b { place { __typename id } } }',
      data: { b: { place: { __typename: 'Office', id: 'o1' } } },
    },
  ],
};

const bikes = [{ id: 'b1', price: 699, hasShop: true }];

export const requiresRequires: Fixture = {
  about: 'required fields that require others',
  subgraphs: {
    a: 'type Bike @key(fields: "id") { id: ID! price: Float! }',
    b: 'type Query { bike: Bike } type Bike @key(fields: "id") { id: ID! hasShop: Boolean! @shareable }',
    c: `type Bike @key(fields: "id") {
      id: ID! price: Float! @external isDear: Boolean! @requires(fields: "price")
      hasShop: Boolean! @external isDearInShop: Boolean! @requires(fields: "price hasShop") }`,
    d: `type Bike @key(fields: "id") {
      id: ID! isDear: Boolean! @external isDearInShop: Boolean! @external
      canAfford: Boolean! @requires(fields: "isDear") canAffordInShop: Boolean! @requires(fields: "isDearInShop") }`,
  },
  world: { Bike: bikes },
  answers: {
    Query: { bike: () => bikes[0] },
    Bike: {
      isDear: ({ price }) => price > 500,
      isDearInShop: ({ price, hasShop }) => price > 500 && hasShop,
      canAfford: ({ isDear }) => isDear === false,
      canAffordInShop: ({ isDearInShop }) => isDearInShop === false,
    },
  },
  cases: [
    { query: '{ bike { canAfford } }', data: { bike: { canAfford: false } } },
    { query: '{ bike { isDear } }', data: { bike: { isDear: true } } },
    { query: '{ bike { isDear canAfford } }', data: { bike: { isDear: true, canAfford: false } } },
    { query: '{ bike { canAffordInShop } }', data: { bike: { canAffordInShop: false } } },
    {
      query: '{ bike { canAfford isDearInShop canAffordInShop } }',
      data: { bike: { canAfford: false, isDearInShop: true, canAffordInShop: false } },
    },
  ],
};

const hidden = { __typename: 'Fox', sound: 'yap', legs: 'four', den: 'hole' };
const seen = { __typename: 'Owl', sound: 'hoo', legs: 'two', nest: 'tree' };
const keepers = [
  { id: 'k1', beast: hidden },
  { id: 'k2', beast: seen },
];

export const requiresFragments: Fixture = {
  about: 'required fields by kind, one of which clients never see',
  subgraphs: {
    a: `type Query { a: Keeper }
      type Keeper @key(fields: "id") { id: ID! beast: Beast }
      interface Beast { sound: String! }
      interface Legged implements Beast { sound: String! legs: String! }
      type Fox implements Beast & Legged @shareable @inaccessible { sound: String! legs: String! den: String! }
      type Owl implements Beast & Legged @shareable { sound: String! legs: String! nest: String! }`,
    b: `type Query { b: Keeper bb: Keeper }
      type Keeper @key(fields: "id") {
        id: ID! beast: Beast @external
        cry: String! @requires(fields: "beast { sound ... on Legged { legs ... on Fox { den } ... on Owl { nest } } }")
        call: String! @requires(fields: "beast { ... on Beast { sound } }")
      }
      interface Beast { sound: String! }
      interface Legged implements Beast { sound: String! legs: String! }
      type Fox implements Beast & Legged @shareable @inaccessible { sound: String! legs: String! den: String! }
      type Owl implements Beast & Legged @shareable { sound: String! legs: String! nest: String! }`,
  },
  world: { Keeper: keepers },
  answers: {
    Query: { a: () => keepers[1], b: () => keepers[0], bb: () => keepers[1] },
    Keeper: {
      cry: ({ beast }) => `${beast.sound} ${beast.legs} ${beast.den ?? beast.nest}`,
      call: ({ beast }) => `${beast.sound}?`,
    },
  },
  cases: [
    {
      query: '{ b { id beast { __typename } } bb { id beast { __typename } } }',
      data: { b: { id: 'k1', beast: null }, bb: { id: 'k2', beast: { __typename: 'Owl' } } },
    },
    { query: '{ a { cry } }', data: { a: { cry: 'hoo two tree' } } },
    {
      query: '{ a { beast { __typename } cry } }',
      data: { a: { beast: { __typename: 'Owl' }, cry: 'hoo two tree' } },
    },
    {
      query: '{ bb { beast { __typename } cry } }',
      data: { bb: { beast: { __typename: 'Owl' }, cry: 'hoo two tree' } },
    },
    {
      query: '{ b { beast { __typename } cry } }',
      data: { b: { beast: null, cry: 'yap four hole' } },
    },
    {
      query: '{ bb { beast { __typename } call } }',
      data: { bb: { beast: { __typename: 'Owl' }, call: 'hoo?' } },
    },
  ],
};
