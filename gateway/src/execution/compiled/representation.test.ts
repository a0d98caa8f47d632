import { buildSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { mergerFor } from './merge.ts';
import { possibleTypesOf } from './possible-types.ts';
import { compileRepresentation, compileRepresentationText } from './representation.ts';

const types = possibleTypesOf(
  buildSchema(
    'type Query { node: Node } interface Node { id: ID } type Book implements Node { id: ID }',
  ),
);
const merge = mergerFor(types.abstract);
const field = (name: string) => ({ kind: 'Field', name }) as const;
const requires = (...names: readonly string[]) =>
  [
    { kind: 'InlineFragment', typeCondition: 'Node', selections: names.map(field) },
  ] as const satisfies Parameters<typeof compileRepresentation>[0];

describe('a representation written straight from its object is the text of the representation', () => {
  const selections = requires('__typename', 'id', 'rest', 'constructor');
  const write = compileRepresentationText([...selections], types);
  const represent = compileRepresentation([...selections], types, merge);

  test.each([
    { id: '1', rest: null },
    { id: 'quote " and \\ \n \ud800', rest: 'é'.repeat(100) },
    { id: 7, rest: [1.5, '"', null, { deep: true }] },
    { id: false, rest: {} },
  ])('%j', (values) => {
    const data = { __typename: 'Book', ...values, constructor: 'own' };
    expect(write?.(data)).toBe(JSON.stringify(represent(data)));
  });

  test.each([
    ['an object of another type', { __typename: 'Author', id: '1', rest: 1, constructor: 1 }],
    ['of none', { id: '1', rest: 1, constructor: 1 }],
    ['that lacks a field', { __typename: 'Book', id: '1', rest: 1 }],
  ])('%s has none', (_, data) => {
    expect(write?.(data)).toBeUndefined();
  });
});

test('what requires more than plain fields is left to the representation', () => {
  const nested = [{ ...field('id'), selections: [field('of')] }];
  const [plain] = requires('__typename', 'id');
  expect(compileRepresentationText([{ ...plain, selections: nested }], types)).toBeUndefined();
  expect(compileRepresentationText([plain, plain], types)).toBeUndefined();
});
