import { buildSchema, getVariableValues, type OperationDefinitionNode, parse } from 'graphql';
import { expect, test } from 'vitest';
import { quickVariables } from './quick-variables.ts';

const schema = buildSchema(/* GraphQL */ `
  type Query { zero: Int }
  enum Kind { SHORT LONG }
  input Tree { name: String!, kind: Kind = SHORT, size: Int! = 3, below: [Tree!], id: ID, share: Float }
  input One @oneOf { a: Int, b: Int }
`);
const definition = parse(
  'query ($tree: Tree!, $trees: [Tree], $n: Int = 7, $word: String, $one: One, $yes: Boolean! = true) { zero }',
).definitions[0] as OperationDefinitionNode;
const read = quickVariables(schema, definition);

const slowly = (given: Record<string, unknown>) =>
  getVariableValues(schema, definition.variableDefinitions ?? [], given).coerced;

const leaf = { name: 'a' };
const LEAVES = [
  null,
  undefined,
  0,
  1.5,
  -1,
  2 ** 31,
  'a',
  '',
  true,
  {},
  [],
  [1],
  'SHORT',
  Number.NaN,
];

test('values that fit are read as graphql-js reads them', () => {
  const fitting = [
    { tree: leaf },
    { tree: leaf, more: 1 },
    { tree: { ...leaf, below: [{ ...leaf, kind: 'LONG', size: 0, below: [] }], id: 5, share: 1 } },
    {
      tree: { ...leaf, kind: null, below: null, id: null },
      trees: [leaf, null],
      n: null,
      word: null,
    },
    { tree: { ...leaf, kind: undefined, size: undefined }, word: undefined, n: 1, yes: false },
  ];
  for (const given of fitting) {
    expect(read(given)).toBeDefined();
    expect(read(given)).toEqual(slowly(given));
  }
});

test('what it does not read graphql-js refuses, a list of one and @oneOf aside', () => {
  const places = [
    'name',
    'kind',
    'size',
    'below',
    'id',
    'share',
    'more',
    '__proto__',
    'constructor',
  ];
  const given = [
    ...LEAVES.flatMap((value) => places.map((place) => ({ tree: { ...leaf, [place]: value } }))),
    ...LEAVES.map((value) => ({ tree: value })),
    ...LEAVES.flatMap((value) =>
      ['trees', 'n', 'word', 'yes'].map((name) => ({ tree: leaf, [name]: value })),
    ),
    {},
  ];
  for (const each of given) expect([each, read(each)]).toEqual([each, slowly(each)]);
  expect(read({ tree: leaf, one: { a: 1 } })).toBeUndefined();
  expect(read({ tree: { ...leaf, below: leaf } })).toBeUndefined();
});
