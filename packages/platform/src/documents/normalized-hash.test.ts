import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { normalizedHash } from './index.ts';

const hash = (text: string) => normalizedHash(parse(text));
const ORIGINAL = 'query Q($id: ID!) { user(id: $id) { ...F } } fragment F on User { name id }';

test.each([
  'query   Q ( $id:ID! ) {\n user(id:$id){...F,}}\n\nfragment F on User{name,id}',
  '# a comment\nquery Q($id: ID!) { user(id: $id) { ...F } } fragment F on User { name id } # end',
  'fragment F on User { name id } query Q($id: ID!) { user(id: $id) { ...F } }',
])('writing it differently is the same document: %j', (text) => {
  expect(hash(text)).toBe(hash(ORIGINAL));
});

test.each([
  ORIGINAL.replace('name id', 'id name'),
  ORIGINAL.replace('name', 'n: name'),
  ORIGINAL.replace('Q(', 'R('),
  ORIGINAL.replace('ID!', 'ID'),
  `${ORIGINAL} query Other { me { id } }`,
])('saying something else is another document: %j', (text) => {
  expect(hash(text)).not.toBe(hash(ORIGINAL));
});
