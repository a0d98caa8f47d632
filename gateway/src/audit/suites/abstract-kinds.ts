import type { Fixture } from '../fixture.ts';

const people = [
  { id: 'p1', email: 'ana@town.example', $works: 2 },
  { id: 'p2', email: 'ben@town.example', $works: 2 },
];
const houses = [
  { __typename: 'Press', id: 'h1', company: 'North Press' },
  { __typename: 'Oneself', email: 'ana@town.example' },
];
const works = [
  {
    __typename: 'Novel',
    id: 'w1',
    code: 'N-1',
    title: 'River',
    size: { format: 'A5', kilos: 0.5 },
    $by: 0,
    $house: 0,
  },
  {
    __typename: 'Novel',
    id: 'w3',
    code: 'N-3',
    title: 'Lake',
    size: { format: 'A5', kilos: 0.6 },
    $by: 1,
    $house: 1,
  },
  {
    __typename: 'Journal',
    id: 'w2',
    code: 'J-2',
    title: 'Weekly',
    size: { format: 'A4', kilos: 0.2 },
    $by: 0,
    $house: 0,
  },
  {
    __typename: 'Journal',
    id: 'w4',
    code: 'J-4',
    title: 'Yearly',
    size: { format: 'A4', kilos: 0.3 },
    $by: 1,
    $house: 1,
  },
];
const opinions = [
  { id: 1, stars: 5, $of: 'w1' },
  { id: 2, stars: 3, $of: 'w1' },
  { id: 3, stars: 4, $of: 'w2' },
];
const work = ({ id }: { readonly id?: string }) => works.find((each) => each.id === id);
const shared = {
  author: ({ $by }: { $by: number }) => people[$by],
  house: ({ $house }: { $house: number }) => houses[$house],
  opinions: ({ id }: { id: string }) => opinions.filter(({ $of }) => $of === id),
  opinionCount: ({ id }: { id: string }) => opinions.filter(({ $of }) => $of === id).length,
  like: ({ id, __typename }: { id: string; __typename: string }) =>
    works.filter((each) => each.__typename === __typename && each.id !== id),
  parcel: (_: unknown, { zip }: { zip: string }) => ({ fastest: `to ${zip}`, slowest: 'a week' }),
} as never;

export const abstractKinds: Fixture = {
  about: 'interfaces whose kinds are spread over subgraphs',
  subgraphs: {
    catalog: `
      type Query { works: [Work!]! similar(id: ID!): [Work!]! }
      interface Work implements Similar { id: ID! code: String size: Size author: Person like: [Work!] }
      interface Similar { like: [Work!] }
      type Novel implements Work & Similar @key(fields: "id") {
        id: ID! code: String size: Size @shareable author: Person like: [Work!]
      }
      type Journal implements Work & Similar @key(fields: "id") {
        id: ID! code: String size: Size @shareable author: Person like: [Work!]
      }
      type Size @shareable { format: String kilos: Float }
      type Person @key(fields: "id") { id: ID! }`,
    novels: `type Novel @key(fields: "id") { id: ID! title: String house: House }
      union House = Press | Oneself
      type Press @key(fields: "id") { id: ID! }
      type Oneself { email: String @shareable }`,
    journals: `type Journal @key(fields: "id") { id: ID! title: String house: House }
      union House = Press | Oneself
      type Press @key(fields: "id") { id: ID! }
      type Oneself { email: String @shareable }`,
    presses: 'type Press @key(fields: "id") { id: ID! company: String }',
    post: `
      interface Work { id: ID! size: Size parcel(zip: String): Parcel }
      type Novel implements Work @key(fields: "id") {
        id: ID! size: Size @external parcel(zip: String): Parcel @requires(fields: "size { format kilos }")
      }
      type Journal implements Work @key(fields: "id") {
        id: ID! size: Size @external parcel(zip: String): Parcel @requires(fields: "size { format kilos }")
      }
      type Size @external { format: String kilos: Float }
      type Parcel { fastest: String slowest: String }`,
    people: 'type Person @key(fields: "id") { id: ID! email: String works: Int }',
    opinions: `
      interface Work { id: ID! opinionCount: Int! opinions: [Opinion!]! }
      type Novel implements Work @key(fields: "id") { id: ID! opinionCount: Int! opinions: [Opinion!]! }
      type Journal implements Work @key(fields: "id") { id: ID! opinionCount: Int! opinions: [Opinion!]! }
      type Opinion { id: Int! stars: Int about: Work }`,
  },
  world: {
    Person: people,
    Novel: works.slice(0, 2),
    Journal: works.slice(2),
    Opinion: opinions,
    Press: houses.slice(0, 1),
  },
  answers: {
    Query: {
      works: () => works,
      similar: (_, { id }) =>
        works.filter((each) => each.__typename === work({ id })?.__typename && each.id !== id),
    },
    Novel: shared,
    Journal: shared,
    Person: { works: ({ id }) => people.find((each) => each.id === id)?.$works },
    Opinion: { about: ({ $of }) => work({ id: $of }) },
  },
  random: { id: ['"w1"', '"w4"', '"none"'], zip: ['"10"', '"20"'] },
  cases: [
    {
      query: '{ works { id size { format kilos } } }',
      data: {
        works: [
          { id: 'w1', size: { format: 'A5', kilos: 0.5 } },
          { id: 'w3', size: { format: 'A5', kilos: 0.6 } },
          { id: 'w2', size: { format: 'A4', kilos: 0.2 } },
          { id: 'w4', size: { format: 'A4', kilos: 0.3 } },
        ],
      },
    },
    { query: '{ similar(id: "w1") { id code } }', data: { similar: [{ id: 'w3', code: 'N-3' }] } },
    {
      query: `{ a: similar(id: "w1") { id code parcel(zip: "10") { fastest slowest } }
                b: similar(id: "w2") { id code parcel(zip: "10") { fastest slowest } } }`,
      data: {
        a: [{ id: 'w3', code: 'N-3', parcel: { fastest: 'to 10', slowest: 'a week' } }],
        b: [{ id: 'w4', code: 'J-4', parcel: { fastest: 'to 10', slowest: 'a week' } }],
      },
    },
    {
      query: `{ works { code ... on Work { code } ... on Novel { code } ... on Journal { code }
                ... on Similar { __typename kind: __typename } } }`,
      data: {
        works: [
          { code: 'N-1', __typename: 'Novel', kind: 'Novel' },
          { code: 'N-3', __typename: 'Novel', kind: 'Novel' },
          { code: 'J-2', __typename: 'Journal', kind: 'Journal' },
          { code: 'J-4', __typename: 'Journal', kind: 'Journal' },
        ],
      },
    },
    {
      query: '{ works { writer: author { email works } ... on Journal { title } } }',
      data: {
        works: [
          { writer: { email: 'ana@town.example', works: 2 } },
          { writer: { email: 'ben@town.example', works: 2 } },
          { writer: { email: 'ana@town.example', works: 2 }, title: 'Weekly' },
          { writer: { email: 'ben@town.example', works: 2 }, title: 'Yearly' },
        ],
      },
    },
    {
      query:
        '{ works { id opinions { about { code ... on Journal { title } ... on Novel { opinionCount } } } } }',
      data: {
        works: [
          {
            id: 'w1',
            opinions: [
              { about: { code: 'N-1', opinionCount: 2 } },
              { about: { code: 'N-1', opinionCount: 2 } },
            ],
          },
          { id: 'w3', opinions: [] },
          { id: 'w2', opinions: [{ about: { code: 'J-2', title: 'Weekly' } }] },
          { id: 'w4', opinions: [] },
        ],
      },
    },
    {
      query: '{ works { id opinions { id } } }',
      data: {
        works: [
          { id: 'w1', opinions: [{ id: 1 }, { id: 2 }] },
          { id: 'w3', opinions: [] },
          { id: 'w2', opinions: [{ id: 3 }] },
          { id: 'w4', opinions: [] },
        ],
      },
    },
    ...[true, false].map((titles) => ({
      query: `query ($titles: Boolean = ${titles}) { works { opinions { about {
                id ... on Novel @include(if: $titles) { title } ... on Journal { code } } } } }`,
      data: withNovel(titles ? { title: 'River' } : {}),
    })),
    ...[true, false].map((untitled) => ({
      query: `query ($untitled: Boolean = ${untitled}) { works { opinions { about {
                id ... on Novel @skip(if: $untitled) { title } ... on Journal { code } } } } }`,
      data: withNovel(untitled ? {} : { title: 'River' }),
    })),
    ...[true, false].map((untitled) => ({
      query: `query ($untitled: Boolean = ${untitled}) { works { opinions { about {
                id ... on Novel @skip(if: $untitled) { title } ... on Novel { code } ... on Journal { code } } } } }`,
      data: withNovel(untitled ? { code: 'N-1' } : { title: 'River', code: 'N-1' }),
    })),
    {
      query: `query ($on: Boolean = true) { works { opinions { about {
                id ... on Novel @include(if: $on) { title ... on Novel { code } } ... on Journal { code } } } } }`,
      data: withNovel({ title: 'River', code: 'N-1' }),
    },
    {
      query: `query ($on: Boolean = true) { works { opinions { about {
                id ... on Novel @include(if: $on) { title ... on Novel @skip(if: $on) { code } }
                ... on Journal { code } } } } }`,
      data: withNovel({ title: 'River' }),
    },
    {
      query: `{ works { opinions { about { ... on Journal { house { ...house } } ... on Novel { house { ...house } } } } } }
              fragment house on House { ... on Press { id company } ... on Oneself { email } }`,
      data: {
        works: [
          {
            opinions: [
              { about: { house: { id: 'h1', company: 'North Press' } } },
              { about: { house: { id: 'h1', company: 'North Press' } } },
            ],
          },
          { opinions: [] },
          { opinions: [{ about: { house: { id: 'h1', company: 'North Press' } } }] },
          { opinions: [] },
        ],
      },
    },
    {
      query: `{ works { ... on Novel { house { ...house } } ... on Journal { house { ...house } } } }
              fragment house on House { __typename ... on Press { company } ... on Oneself { email } }`,
      data: {
        works: [
          { house: { __typename: 'Press', company: 'North Press' } },
          { house: { __typename: 'Oneself', email: 'ana@town.example' } },
          { house: { __typename: 'Press', company: 'North Press' } },
          { house: { __typename: 'Oneself', email: 'ana@town.example' } },
        ],
      },
    },
    {
      query:
        '{ works { like { id ... on Novel { title opinionCount } like { __typename code } } } }',
      data: {
        works: [
          {
            like: [
              {
                id: 'w3',
                title: 'Lake',
                opinionCount: 0,
                like: [{ __typename: 'Novel', code: 'N-1' }],
              },
            ],
          },
          {
            like: [
              {
                id: 'w1',
                title: 'River',
                opinionCount: 2,
                like: [{ __typename: 'Novel', code: 'N-3' }],
              },
            ],
          },
          { like: [{ id: 'w4', like: [{ __typename: 'Journal', code: 'J-2' }] }] },
          { like: [{ id: 'w2', like: [{ __typename: 'Journal', code: 'J-4' }] }] },
        ],
      },
    },
  ],
};

/** What every variation of one operation has in common. */
function withNovel(fields: object) {
  const novel = { about: { id: 'w1', ...fields } };
  const journal = { about: { id: 'w2', code: 'J-2' } };
  return {
    works: [
      { opinions: [novel, novel] },
      { opinions: [] },
      { opinions: [journal] },
      { opinions: [] },
    ],
  };
}
