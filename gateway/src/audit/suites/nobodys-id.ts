import type { Fixture } from '../fixture.ts';

const members = [{ __typename: 'Member', id: 'm1', handle: 'mo' }];
const rooms = [{ __typename: 'Room', id: 'r1', topic: 'Talk', $owner: 'm1' }];
const everything: readonly { readonly id: string }[] = [...members, ...rooms];
const byId = (_: unknown, { id }: { id?: string }) =>
  everything.find((each) => each.id === id) ?? null;

export const nobodysId: Fixture = {
  about: 'a shared root field of an interface, whose kinds have their id elsewhere',
  subgraphs: {
    club: `
      type Query { node(id: ID!): Node @shareable member(id: String!): Member }
      interface Node { id: ID! }
      type Member implements Node @key(fields: "id") { id: ID! handle: String! }
      type Room implements Node @key(fields: "id") { id: ID! @external owner: Member! }`,
    talk: `
      type Query { node(id: ID!): Node @shareable room(id: String!): Room }
      interface Node { id: ID! }
      type Member implements Node @key(fields: "id") { id: ID! @external rooms: [Room!]! }
      type Room implements Node @key(fields: "id") { id: ID! topic: String! }`,
  },
  world: { Member: members, Room: rooms },
  answers: {
    Query: { node: byId, member: byId, room: byId },
    Member: { rooms: ({ id }) => rooms.filter(({ $owner }) => $owner === id) },
    Room: { owner: ({ $owner }) => members.find(({ id }) => id === $owner) },
  },
  random: false,
  cases: [
    { query: '{ node(id: "m1") { id } }' },
    {
      query: '{ member: node(id: "m1") { __typename } room: node(id: "r1") { __typename } }',
      data: { member: { __typename: 'Member' }, room: { __typename: 'Room' } },
    },
    {
      query:
        '{ a: node(id: "m1") { ... on Member { id handle } } b: node(id: "r1") { ... on Room { id topic } } }',
      data: { a: { id: 'm1', handle: 'mo' }, b: { id: 'r1', topic: 'Talk' } },
    },
    {
      query:
        '{ a: node(id: "m1") { ... on Room { id } } b: node(id: "r1") { ... on Member { id } } }',
      data: { a: {}, b: {} },
    },
    {
      query:
        '{ a: node(id: "m1") { __typename ... on Room { id } } b: node(id: "r1") { __typename ... on Member { id } } }',
      data: { a: { __typename: 'Member' }, b: { __typename: 'Room' } },
    },
    {
      query:
        '{ a: node(id: "m1") { id ... on Room { id } } b: node(id: "r1") { __typename ... on Member { id } } }',
    },
    { query: '{ room(id: "r1") { id } }', data: { room: { id: 'r1' } } },
    { query: '{ member(id: "m1") { id } }', data: { member: { id: 'm1' } } },
    {
      query: '{ room(id: "r1") { id topic owner { id } } }',
      data: { room: { id: 'r1', topic: 'Talk', owner: { id: 'm1' } } },
    },
    {
      query: '{ member(id: "m1") { id handle rooms { id } } }',
      data: { member: { id: 'm1', handle: 'mo', rooms: [{ id: 'r1' }] } },
    },
  ],
};
