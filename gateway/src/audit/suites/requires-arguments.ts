import type { Entry, Fixture } from '../fixture.ts';

const rates: Readonly<Record<string, number>> = { USD: 1, EUR: 2 };
const groups = [
  { id: 'g1', $mean: 10 },
  { id: 'g2', $mean: 20 },
];
const goods = [
  { upc: 'p1', name: 'Net', grams: 1, $price: 11, group: groups[0] },
  { upc: 'p2', name: 'Rod', grams: 2, $price: 22, group: groups[1] },
];
const inCurrency = (amount: number, { currency }: Entry) =>
  amount * (rates[currency as string] ?? Number.NaN);
const price = ({ $price }: Entry, given: Entry) => inCurrency($price, given);
const mean = ({ $mean }: Entry, given: Entry) => inCurrency($mean, given);

export const requiresArguments: Fixture = {
  about: 'a required field with an argument',
  subgraphs: {
    a: `type Query { goods: [Good] }
      type Good @key(fields: "upc") { upc: String! name: String price(currency: String!): Int grams: Int }`,
    b: `type Good @key(fields: "upc") {
      upc: String! grams: Int @external price(currency: String!): Int @external
      freight: Int @requires(fields: "price(currency: \\"USD\\") grams") }`,
  },
  world: { Good: goods },
  answers: {
    Query: { goods: () => goods },
    Good: { price, freight: (good) => good['price'] * good['grams'] * 10 },
  },
  whole: { Good: { freight: ({ $price, grams }) => $price * grams * 10 } },
  random: { currency: ['"USD"', '"EUR"'] },
  cases: [
    {
      query: '{ goods { upc name freight } }',
      data: {
        goods: [
          { upc: 'p1', name: 'Net', freight: 110 },
          { upc: 'p2', name: 'Rod', freight: 440 },
        ],
      },
    },
    {
      query: '{ goods { freight price(currency: "EUR") } }',
      data: {
        goods: [
          { freight: 110, price: 22 },
          { freight: 440, price: 44 },
        ],
      },
    },
    {
      query: '{ goods { freight grams: price(currency: "EUR") price: grams name: upc upc: name } }',
      data: {
        goods: [
          { freight: 110, grams: 22, price: 1, name: 'p1', upc: 'Net' },
          { freight: 440, grams: 44, price: 2, name: 'p2', upc: 'Rod' },
        ],
      },
    },
    {
      query:
        'query ($in: String! = "EUR") { goods { price(currency: $in) ...more } } fragment more on Good { freight usd: price(currency: "USD") }',
      data: {
        goods: [
          { price: 22, freight: 110, usd: 11 },
          { price: 44, freight: 440, usd: 22 },
        ],
      },
    },
  ],
};

export const requiresArgumentsConflict: Fixture = {
  about: 'fields that require the same field with different arguments',
  subgraphs: {
    a: `type Good @key(fields: "upc") {
      upc: String! grams: Int @external price(currency: String!): Int @external group: Group @external
      freight: Int @requires(fields: "price(currency: \\"USD\\") grams")
      freightAbroad: Int @requires(fields: "price(currency: \\"EUR\\") grams")
      isDearGroup: Boolean @requires(fields: "group { mean(currency: \\"USD\\") }")
      isDearGroupAbroad: Boolean @requires(fields: "group { mean(currency: \\"EUR\\") }") }
      type Group @external { mean(currency: String!): Int }`,
    b: `type Query { goods: [Good] }
      type Good @key(fields: "upc") { upc: String! name: String price(currency: String!): Int grams: Int group: Group }
      type Group { mean(currency: String!): Int }`,
  },
  world: { Good: goods, Group: groups },
  answers: {
    Query: { goods: () => goods },
    Group: { mean },
    Good: {
      price,
      freight: (good) => good['price'] * good['grams'] * 10,
      freightAbroad: (good) => good['price'] * good['grams'] * 15,
      isDearGroup: ({ group }) => group.mean > 15,
      isDearGroupAbroad: ({ group }) => group.mean > 30,
    },
  },
  whole: {
    Good: {
      freight: ({ $price, grams }) => $price * grams * 10,
      freightAbroad: ({ $price, grams }) => $price * 2 * grams * 15,
      isDearGroup: ({ group }) => group.$mean > 15,
      isDearGroupAbroad: ({ group }) => group.$mean * 2 > 30,
    },
  },
  random: { currency: ['"USD"', '"EUR"'] },
  cases: [
    {
      query: '{ goods { upc name freight freightAbroad isDearGroup } }',
      data: {
        goods: [
          { upc: 'p1', name: 'Net', freight: 110, freightAbroad: 330, isDearGroup: false },
          { upc: 'p2', name: 'Rod', freight: 440, freightAbroad: 1320, isDearGroup: true },
        ],
      },
    },
    {
      query: '{ goods { freightAbroad } }',
      data: { goods: [{ freightAbroad: 330 }, { freightAbroad: 1320 }] },
    },
    {
      query: '{ goods { isDearGroupAbroad isDearGroup } }',
      data: {
        goods: [
          { isDearGroupAbroad: false, isDearGroup: false },
          { isDearGroupAbroad: true, isDearGroup: true },
        ],
      },
    },
    {
      query:
        '{ goods { freightAbroad price(currency: "USD") freight group { mean(currency: "EUR") } isDearGroup } }',
      data: {
        goods: [
          { freightAbroad: 330, price: 11, freight: 110, group: { mean: 20 }, isDearGroup: false },
          { freightAbroad: 1320, price: 22, freight: 440, group: { mean: 40 }, isDearGroup: true },
        ],
      },
    },
  ],
};

const remarks = [
  { id: 'c1', text: 'same', $on: 't1', by: 'x1' },
  { id: 'c2', text: 'b', $on: 't1', by: 'x1' },
  { id: 'c3', text: 'c', $on: 't1', by: 'x2' },
  { id: 'c4', text: 'd', $on: 't2', by: 'x2' },
  { id: 'c5', text: 'e', $on: 't2', by: 'x2' },
  { id: 'c6', text: 'same', $on: 't2', by: 'x1' },
];
const threads = [{ id: 't1' }, { id: 't2' }];
const names = [
  { id: 'x1', name: 'Xa' },
  { id: 'x2', name: 'Xb' },
];
const on = (id: string) => remarks.filter(({ $on }) => $on === id);
const nameOf = (id: string) => names.find((each) => each.id === id);
const isEcho = ({ echoes }: Entry) =>
  echoes.length > 0 &&
  echoes.every((thread: Entry) => thread['remarks'].every(({ id }: Entry) => id));

export const requiresLimited: Fixture = {
  about: 'required lists with an argument that the client gives otherwise',
  subgraphs: {
    lists: `type Query { threads: [Thread] }
      type Thread @key(fields: "id") { id: ID! remarks(limit: Int!): [Remark] @external }
      type Remark @key(fields: "id") {
        id: ID! by: ID text: String! echoes: [Thread] @external
        isEcho: Boolean @requires(fields: "echoes { remarks(limit: 50) { id } }") }`,
    threads: `
      type Thread @key(fields: "id") {
        id: ID! remarks(limit: Int!): [Remark] lastBy: Author @requires(fields: "remarks(limit: 3) { by }") }
      type Remark @key(fields: "id") { id: ID! by: ID @external echoes: [Thread] }
      type Author { id: ID! name: String }`,
  },
  world: { Thread: threads, Remark: remarks },
  answers: {
    Query: { threads: () => threads },
    Thread: {
      remarks: ({ id }, { limit }) => on(id).slice(0, limit),
      lastBy: (thread) => {
        if (thread['remarks'].length !== 3) throw new Error('Three remarks are required.');
        return nameOf(thread['remarks'][2].by);
      },
    },
    Remark: {
      echoes: ({ id }) =>
        threads.filter((each) =>
          on(each.id).some(
            ({ text, $on }) =>
              text === remarks.find((own) => own.id === id)?.text &&
              !on($on).some((own) => own.id === id),
          ),
        ),
      isEcho,
    },
  },
  whole: {
    Thread: { lastBy: ({ id }) => nameOf(on(id)[2]?.by ?? '') },
    Remark: { isEcho: ({ echoes }) => echoes.length > 0 },
  },
  random: { limit: ['1', '2', '3'] },
  cases: [
    {
      query: '{ threads { lastBy { id } } }',
      data: { threads: [{ lastBy: { id: 'x2' } }, { lastBy: { id: 'x1' } }] },
    },
    {
      query: '{ threads { lastBy { id } remarks(limit: 1) { id } } }',
      data: {
        threads: [
          { lastBy: { id: 'x2' }, remarks: [{ id: 'c1' }] },
          { lastBy: { id: 'x1' }, remarks: [{ id: 'c4' }] },
        ],
      },
    },
    {
      query: '{ threads { remarks(limit: 3) { isEcho } } }',
      data: {
        threads: [
          { remarks: [{ isEcho: true }, { isEcho: false }, { isEcho: false }] },
          { remarks: [{ isEcho: false }, { isEcho: false }, { isEcho: true }] },
        ],
      },
    },
    {
      query:
        '{ threads { remarks(limit: 3) { isEcho echoes { remarks(limit: 1) { id isEcho } } } } }',
      data: {
        threads: [
          {
            remarks: [
              { isEcho: true, echoes: [{ remarks: [{ id: 'c4', isEcho: false }] }] },
              { isEcho: false, echoes: [] },
              { isEcho: false, echoes: [] },
            ],
          },
          {
            remarks: [
              { isEcho: false, echoes: [] },
              { isEcho: false, echoes: [] },
              { isEcho: true, echoes: [{ remarks: [{ id: 'c1', isEcho: true }] }] },
            ],
          },
        ],
      },
    },
    {
      query: 'query ($limit: Int = 1) { threads { lastBy { id } remarks(limit: $limit) { id } } }',
      data: {
        threads: [
          { lastBy: { id: 'x2' }, remarks: [{ id: 'c1' }] },
          { lastBy: { id: 'x1' }, remarks: [{ id: 'c4' }] },
        ],
      },
    },
    {
      query: `query ($limit: Int = 1) { threads { lastBy { id } ...one ...two } }
        fragment one on Thread { remarks(limit: $limit) { id } } fragment two on Thread { remarks(limit: $limit) { id } }`,
      data: {
        threads: [
          { lastBy: { id: 'x2' }, remarks: [{ id: 'c1' }] },
          { lastBy: { id: 'x1' }, remarks: [{ id: 'c4' }] },
        ],
      },
    },
  ],
};
