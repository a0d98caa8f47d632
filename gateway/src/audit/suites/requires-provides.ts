import type { Fixture } from '../fixture.ts';

const dishes = [
  { id: 'd1', title: 'Stew', grams: 300, cents: 700, $notes: ['n1'] },
  { id: 'd2', title: 'Tart', grams: 120, cents: 450, $notes: ['n2'] },
];
const cooks = [{ id: 'c1', handle: 'ada', $notes: ['n1', 'n2'] }];
const notes = [
  { id: 'n1', text: 'Hot', cook: cooks[0], dish: dishes[0] },
  { id: 'n2', text: 'Sweet', cook: cooks[0], dish: dishes[1] },
];
const notesOf = ({ $notes }: { readonly $notes: readonly string[] }) =>
  notes.filter(({ id }) => $notes.includes(id));

export const requiresProvides: Fixture = {
  about: 'a field that needs another subgraph’s fields, and one that brings another’s along',
  subgraphs: {
    kitchen: `
      type Query { dishes: [Dish] }
      type Dish @key(fields: "id") { id: ID! title: String grams: Int cents: Int }`,
    staff: `
      type Query { cook: Cook }
      type Cook @key(fields: "id") { id: ID! handle: String @shareable }`,
    guestbook: `
      type Note { id: ID! text: String cook: Cook @provides(fields: "handle") dish: Dish }
      type Cook @key(fields: "id") { id: ID! handle: String @external notes: [Note] }
      type Dish @key(fields: "id") { id: ID! notes: [Note] }`,
    delivery: `
      type Dish @key(fields: "id") {
        id: ID! grams: Int @external cents: Int @external inReach: Boolean
        fee: Int @requires(fields: "cents grams")
        label: String @requires(fields: "cents grams")
      }`,
  },
  world: { Dish: dishes, Cook: cooks, Note: notes },
  answers: {
    Query: { dishes: () => dishes, cook: () => cooks[0] },
    Cook: { notes: notesOf as never },
    Dish: {
      notes: notesOf as never,
      inReach: ({ id }) => id === 'd1',
      fee: ({ cents, grams }) => cents + grams * 2,
      label: ({ id, cents, grams }) => `${id}:${cents + grams}`,
    },
  },
  cases: [
    { query: '{ cook { id } }', data: { cook: { id: 'c1' } } },
    {
      query: '{ cook { id notes { id } } }',
      data: { cook: { id: 'c1', notes: [{ id: 'n1' }, { id: 'n2' }] } },
    },
    {
      query: '{ cook { notes { id cook { id handle } dish { inReach } } } }',
      data: {
        cook: {
          notes: [
            { id: 'n1', cook: { id: 'c1', handle: 'ada' }, dish: { inReach: true } },
            { id: 'n2', cook: { id: 'c1', handle: 'ada' }, dish: { inReach: false } },
          ],
        },
      },
    },
    { query: '{ dishes { title } }', data: { dishes: [{ title: 'Stew' }, { title: 'Tart' }] } },
    { query: '{ dishes { cents } }', data: { dishes: [{ cents: 700 }, { cents: 450 }] } },
    { query: '{ dishes { fee } }', data: { dishes: [{ fee: 1300 }, { fee: 690 }] } },
    {
      query: '{ dishes { fee grams cents } }',
      data: {
        dishes: [
          { fee: 1300, grams: 300, cents: 700 },
          { fee: 690, grams: 120, cents: 450 },
        ],
      },
    },
    {
      query: '{ dishes { notes { id cook { handle } dish { title fee } } } }',
      data: {
        dishes: [
          { notes: [{ id: 'n1', cook: { handle: 'ada' }, dish: { title: 'Stew', fee: 1300 } }] },
          { notes: [{ id: 'n2', cook: { handle: 'ada' }, dish: { title: 'Tart', fee: 690 } }] },
        ],
      },
    },
    {
      query: '{ cook { notes { dish { notes { id } } } } }',
      data: {
        cook: { notes: [{ dish: { notes: [{ id: 'n1' }] } }, { dish: { notes: [{ id: 'n2' }] } }] },
      },
    },
    {
      query: '{ cook { notes { dish { inReach } } } }',
      data: { cook: { notes: [{ dish: { inReach: true } }, { dish: { inReach: false } }] } },
    },
    {
      query: '{ cook { notes { dish { fee } } } }',
      data: { cook: { notes: [{ dish: { fee: 1300 } }, { dish: { fee: 690 } }] } },
    },
    {
      query: '{ cook { notes { dish { fee label } } } }',
      data: {
        cook: {
          notes: [
            { dish: { fee: 1300, label: 'd1:1000' } },
            { dish: { fee: 690, label: 'd2:570' } },
          ],
        },
      },
    },
  ],
};
