import { FEDERATION_1 } from '../../testing/compose.ts';
import type { Fixture } from '../fixture.ts';

const riders = [
  { id: 'r1', ride: 'x1', name: 'Ann', nick: 'an' },
  { id: 'r2', ride: 'x2', name: 'Bob', nick: 'bo' },
];
const answers = {
  Query: {
    anyRider: () => riders[0],
    rider: (_: unknown, { id }: { id?: string }) => riders.find((each) => each.id === id) ?? null,
  },
};
const cases = [
  {
    query: '{ anyRider { id name } rider(id: "r2") { id name nick } }',
    data: { anyRider: { id: 'r1', name: 'Ann' }, rider: { id: 'r2', name: 'Bob', nick: 'bo' } },
  },
  { query: '{ anyRider { id ride } }', data: { anyRider: { id: 'r1', ride: 'x1' } } },
  { query: '{ rider(id: "r2") { id ride } }', data: { rider: { id: 'r2', ride: 'x2' } } },
  {
    query: '{ anyRider { id ride name nick } rider(id: "r1") { id name ride nick } }',
    data: {
      anyRider: { id: 'r1', ride: 'x1', name: 'Ann', nick: 'an' },
      rider: { id: 'r1', name: 'Ann', ride: 'x1', nick: 'an' },
    },
  },
];
const random = { id: ['"r1"', '"r2"', '"r9"'] };

const home =
  'type Query { rider(id: ID): Rider } type Rider @key(fields: "id") { id: ID! name: String! nick: String }';
const extension = 'type Query { anyRider: Rider }';

export const extendsInFederation1: Fixture = {
  about: 'federation 1, an entity marked @extends with an external key',
  subgraphs: {
    a: `${FEDERATION_1}${extension} type Rider @key(fields: "id") @extends { id: ID! @external ride: ID }`,
    b: FEDERATION_1 + home,
  },
  world: { Rider: riders },
  answers,
  cases,
  random,
};

export const extensionInFederation1: Fixture = {
  about: 'federation 1, an entity extended by keyword with an external key',
  subgraphs: {
    a: `${FEDERATION_1}${extension} extend type Rider @key(fields: "id") { id: ID! @external ride: ID }`,
    b: FEDERATION_1 + home,
  },
  world: { Rider: riders },
  answers,
  cases,
  random,
};

export const extendsInFederation2: Fixture = {
  about: 'federation 2, an entity marked @extends with an external key',
  subgraphs: {
    a: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@external", "@extends"])
      ${extension} type Rider @key(fields: "id") @extends { id: ID! @external ride: ID }`,
    b: home,
  },
  world: { Rider: riders },
  answers,
  cases,
  random,
};

export const extensionInFederation2: Fixture = {
  about: 'federation 2, an entity extended by keyword with an external key',
  subgraphs: {
    a: `${extension} extend type Rider @key(fields: "id") { id: ID! @external ride: ID }`,
    b: home,
  },
  world: { Rider: riders },
  answers,
  cases,
  random,
};

const wares = [{ id: 'w1', name: 'Pot', part: 'q1', upc: 'u1', price: 12.5 }];

export const resolvableExtension: Fixture = {
  about: 'federation 1, an extension that finds its entity by more than one external key',
  subgraphs: {
    a: `${FEDERATION_1} type Query { wareInA: Ware } type Ware @key(fields: "id") { id: ID! name: String part: ID }`,
    b: `${FEDERATION_1} type Query { wareInB: Ware }
      extend type Ware @key(fields: "id name") @key(fields: "upc") {
        id: ID @external name: String @external upc: String @external price: Float!
      }`,
  },
  world: { Ware: wares },
  answers: { Query: { wareInA: () => wares[0], wareInB: () => wares[0] } },
  cases: [
    {
      query: '{ wareInA { id name price part } }',
      data: { wareInA: { id: 'w1', name: 'Pot', price: 12.5, part: 'q1' } },
    },
  ],
};

const plots = [
  { id: '1', name: 'Elm', rent: 100 },
  { id: '2', name: 'Oak', rent: 200 },
];

export const externalKeyElsewhere: Fixture = {
  about: 'a key that is external where the entity is only extended',
  subgraphs: {
    land: 'type Query { plots: [Plot] } type Plot @key(fields: "id") { id: ID! name: String! }',
    rent: 'type Query { cheapest: Plot } extend type Plot @key(fields: "id") { id: ID! @external rent: Float }',
  },
  world: { Plot: plots },
  answers: { Query: { plots: () => plots, cheapest: () => plots[0] } },
  cases: [
    {
      query: '{ cheapest { id rent name } }',
      data: { cheapest: { id: '1', rent: 100, name: 'Elm' } },
    },
    {
      query: '{ plots { name rent id } }',
      data: {
        plots: [
          { name: 'Elm', rent: 100, id: '1' },
          { name: 'Oak', rent: 200, id: '2' },
        ],
      },
    },
  ],
};
