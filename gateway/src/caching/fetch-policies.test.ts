import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { createFetchPolicies } from './fetch-policies.ts';

const schema = buildSchema(`
  scalar _Any
  union _Entity = Book | Diary
  type Query { _entities(representations: [_Any!]!): [_Entity]! shelf: Book written: Written }
  type Book { id: ID! title: String stock: Int author: Author }
  type Author implements Written { id: ID! name: String }
  interface Written { id: ID! }
  type Diary implements Written { id: ID! text: String }
`);
const hint = (maxAgeMs: number, scope?: 'PUBLIC' | 'PRIVATE') => ({
  ...{ maxAgeMs, scope, inherits: false, isGuarded: false },
});
const policyOf = createFetchPolicies(
  schema,
  new Map([
    ['Query.shelf', hint(9_000, 'PUBLIC')],
    ['Book', hint(9_000, 'PUBLIC')],
    ['Author', hint(5_000, 'PRIVATE')],
    ['Book.stock', hint(0)],
    ['Query.written', hint(9_000, 'PUBLIC')],
    ['Diary', { ...hint(9_000, 'PUBLIC'), isGuarded: true }],
  ]),
);
const entities = (selection: string, fragments = '') =>
  policyOf(`query Q__2($r:[_Any!]!){_entities(representations:$r){${selection}}}${fragments}`);

test.each([
  ['...F', 'fragment F on Book{id title}', '...on Book{id title}'],
  [
    '...on Book{...F author{...A}}',
    'fragment A on Author{id name}fragment F on Book{id title}',
    '...on Book{...on Book{id title}author{...on Author{id name}}}',
  ],
  [
    '...F',
    'fragment F on Book{id author{...A}}fragment A on Author{id name}',
    '...on Book{id author{...on Author{id name}}}',
  ],
])(
  'a fetch with fragments is remembered as the same without: %s %s',
  (spread, fragments, inline) => {
    const policy = entities(spread, fragments);
    expect(policy).toMatchObject({ kind: 'entities' });
    expect(policy).toEqual(entities(inline));
    expect(policy?.isPublic).toBe(!inline.includes('author'));
    expect(policy?.ttlMs).toBe(inline.includes('author') ? 5_000 : 9_000);
  },
);

test('what is not to be remembered is found in a fragment, too', () => {
  expect(entities('...F', 'fragment F on Book{id stock}')).toBeUndefined();
  expect(entities('...F', 'fragment F on Book{id unknown}')).toBeUndefined();
  expect(entities('...F ...Nowhere', 'fragment F on Book{id}')).toBeUndefined();
  expect(policyOf('{shelf{...F}}fragment F on Book{id author{name}}')).toMatchObject({
    kind: 'root',
    isPublic: false,
  });
});

test('what is guarded or private is of one viewer, also where only a fragment names it', () => {
  expect(entities('...on Diary{id text}')).toMatchObject({ isPublic: false });
  expect(policyOf('{written{id}}')).toMatchObject({ isPublic: true });
  for (const type of ['Diary{text}', 'Author{name}']) {
    expect(policyOf(`{written{id ...on ${type}}}`)).toMatchObject({ isPublic: false });
  }
});
