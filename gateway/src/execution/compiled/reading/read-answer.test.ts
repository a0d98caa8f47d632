import { fc } from '@civitas/testkit/random';
import { expect, test } from 'vitest';
import { type AnswerPlace, placeAbove } from './answer-places.ts';
import { JsonReader } from './json-reader.ts';
import { compileReader } from './read-answer.ts';

/** `{ books { author } }`: of both more is fetched later, of whoever has an id. */
const author: AnswerPlace = { isEntity: ({ id }) => id !== undefined, below: new Map() };
const books: AnswerPlace = { ...author, below: new Map([['author', author]]) };
const data = placeAbove([['books', books]]) as AnswerPlace;
const read = compileReader(data) as (json: string) => unknown;
const answer = placeAbove([['data', data]]) as AnswerPlace;

interface Book {
  readonly id?: string;
  readonly author?: { readonly id?: string; readonly name?: string };
}

const readBooks = (all: readonly object[]): readonly Book[] =>
  (
    new JsonReader(JSON.stringify({ data: { books: all } })).read(answer) as {
      data: { books: Book[] };
    }
  ).data.books;

test('entities that say the same at one place are one object, and their parts too', () => {
  const [one, other, third] = readBooks([
    { id: 'b1', author: { id: 'a1', name: 'Ann' } },
    { id: 'b1', author: { id: 'a1', name: 'Ann' } },
    { id: 'b2', author: { id: 'a1', name: 'Ann' } },
  ]);
  expect(other).toBe(one);
  expect(third).not.toBe(one);
  expect(third?.author).toBe(one?.author);
});

test('what differs in anything stays apart, also after the same beginning', () => {
  const long = 'x'.repeat(200);
  const names = ['Ann', `${long}1`, `${long}2`, `${long}3`, `${long}4`, `${long}5`, `${long}12`];
  const given = names.map((name) => ({ id: 'b1', author: { id: 'a1', name } }));
  const found = readBooks([...given, ...given]);
  expect(found).toEqual([...given, ...given]);
  expect(new Set(found.slice(0, names.length)).size).toBe(names.length);
});

test('what is no entity, or without its key, stays apart', () => {
  const [one, other] = readBooks([{ author: { name: 'Ann' } }, { author: { name: 'Ann' } }]);
  expect(other).not.toBe(one);
  expect(other?.author).not.toBe(one?.author);
});

/** Long, and saying the same again and again unless `distinct`. */
const longAnswer = (distinct: boolean) =>
  JSON.stringify({
    data: {
      books: Array.from({ length: 400 }, (_, index) => ({
        id: `b${distinct ? index : index % 5}`,
        author: {
          id: 'a1',
          name: 'Ann "the \\ author\n" é \ud83d\ude00',
          born: -1.5e3,
          alive: null,
        },
      })),
    },
  });

test.each([true, false])('an answer is read as JSON.parse reads it, distinct: %s', (distinct) => {
  const json = longAnswer(distinct);
  for (let times = 0; times < 3; times++) expect(JSON.stringify(read(json))).toBe(json);
});

test('a key may be any, and the last of one name holds', () => {
  const json = '{"data":{"books":[{"id":"1","__proto__":{"id":"2"},"toString":1,"id":"3"}]}}';
  const { data: found } = new JsonReader(json).read(answer) as { data: { books: object[] } };
  expect(Object.entries(found.books[0] ?? {})).toEqual(
    Object.entries(JSON.parse(json).data.books[0]),
  );
});

test.each([
  ['cut off', (json: string) => json.slice(0, -7)],
  ['with something behind it', (json: string) => `${json}]`],
  ['with a comma too many', (json: string) => json.replace(']', ',]')],
  ['with a raw line break in a text', (json: string) => json.replace('Ann', 'A\nnn')],
  ['with a number that is none', (json: string) => json.replace('-1500', '-01500')],
  ['with an unknown word', (json: string) => json.replace('null', 'nil')],
  ['with a wrong escape', (json: string) => json.replace('\\n', '\\x')],
])('a text that is no JSON is refused: %s', (_, spoil) => {
  expect(() => read(spoil(longAnswer(false)))).toThrow(SyntaxError);
});

test('deeper than its stack it is read all the same', () => {
  const json = `{"data":{"books":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`;
  const fresh = compileReader(data) as typeof read;
  let depth = 0;
  let at = (fresh(json) as { data: { books: unknown } }).data.books;
  for (; Array.isArray(at); [at] = at) depth += 1;
  expect(depth).toBe(50_000);
});

/** What was read, written again; undefined when it was not read. */
function textOrNothing(reading: () => unknown): string | undefined {
  try {
    return JSON.stringify(reading());
  } catch {
    return undefined;
  }
}

test('whatever a text is, it is read as JSON.parse reads it or left to it', () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('id', 'author', 'books', 'data', '__proto__', ''), tie('any'), {
        maxKeys: 3,
      }),
    ),
  })).any;
  const spoiling = fc.tuple(
    fc.nat(),
    fc.constantFrom('', '"', '\\', '{', '}', ',', ' ', '0', '\0'),
  );
  fc.assert(
    fc.property(value, fc.option(spoiling), fc.constantFrom(0, 1), (given, spoilt, spaces) => {
      const text = JSON.stringify({ data: { books: given } }, undefined, spaces);
      const [where, what] = spoilt ?? [0, undefined];
      const at = where % (text.length + 1);
      const json = what === undefined ? text : text.slice(0, at) + what + text.slice(at + 1);
      const found = textOrNothing(() => new JsonReader(json).read(answer));
      const expected = found === undefined ? undefined : JSON.stringify(JSON.parse(json));
      expect(found).toBe(expected);
    }),
    { numRuns: 150 },
  );
});
