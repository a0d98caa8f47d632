import { fc } from '@civitas/testkit/random';
import { GraphQLBoolean, GraphQLEnumType, GraphQLFloat, GraphQLID, GraphQLInt } from 'graphql';
import { describe, expect, test } from 'vitest';
import { leafWriter, UNWRITABLE, writeText } from './write-leaf.ts';

describe('a text is written as JSON.stringify writes it', () => {
  test.each([
    '',
    'plain',
    'quote " and \\',
    'line\nbreak',
    '\u2028',
    '\ud83d\ude00',
    '\ud800',
    'é',
  ])('%j, short and long', (text) => {
    for (const each of [text, text.repeat(30), `${'x'.repeat(100)}${text}`]) {
      expect(writeText(each)).toBe(JSON.stringify(each));
    }
  });

  test('whatever it holds', () => {
    const text = fc.string({ unit: 'binary', maxLength: 120 });
    fc.assert(
      fc.property(text, (each) => {
        expect(writeText(each)).toBe(JSON.stringify(each));
      }),
    );
  });
});

describe('a value that does not fit its type is not written', () => {
  const color = new GraphQLEnumType({ name: 'Color', values: { RED: {} } });

  test.each([
    [GraphQLInt, 1.5],
    [GraphQLInt, '1'],
    [GraphQLInt, 1e21],
    [GraphQLFloat, Number.NaN],
    [GraphQLBoolean, 1],
    [GraphQLID, {}],
    [color, 'BLUE'],
  ])('%s: %s', (type, value) => {
    expect(() => leafWriter(type)(value)).toThrow(UNWRITABLE);
  });

  test('and one that fits is', () => {
    expect(leafWriter(GraphQLInt)(-0)).toBe(JSON.stringify(-0));
    expect(leafWriter(GraphQLFloat)(1e300)).toBe(JSON.stringify(1e300));
    expect(leafWriter(GraphQLID)(7)).toBe('7');
    expect(leafWriter(color)('RED')).toBe('"RED"');
  });
});
