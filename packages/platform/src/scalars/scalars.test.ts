import { readFileSync } from 'node:fs';
import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { currencies } from '../money/index.ts';
import { BigIntScalar, DateTimeScalar } from './index.ts';

test.each([1.5, Number.NaN, 2 ** 53, '1.0', '', ' 1', '9223372036854775808', true, null, {}])(
  'BigInt refuses %j',
  (value) => {
    expect(() => BigIntScalar.parseValue(value)).toThrow(/whole number/);
  },
);

test('BigInt leaves as digits and comes back the same over its whole range', () => {
  for (const value of [0n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)]) {
    expect(BigIntScalar.parseValue(BigIntScalar.serialize(value))).toBe(value);
  }
});

test('DateTime takes offsets and always leaves as UTC with milliseconds', () => {
  const instant = DateTimeScalar.parseValue('2026-03-01T13:00:00+01:00');
  expect(DateTimeScalar.serialize(instant)).toBe('2026-03-01T12:00:00.000Z');
});

test.each(['yesterday', '2026-02-30T00:00:00Z', '2026-01-01', 1, ''])(
  'DateTime refuses %j',
  (value) => {
    expect(() => DateTimeScalar.parseValue(value)).toThrow();
  },
);

test('the enum Currency names exactly the currencies whose minor units we know', () => {
  const document = parse(readFileSync(new URL('shared.graphql', import.meta.url), 'utf8'));
  const declared = document.definitions.flatMap((definition) =>
    definition.kind === 'EnumTypeDefinition' && definition.name.value === 'Currency'
      ? (definition.values ?? []).map((value) => value.name.value)
      : [],
  );
  expect(declared).toEqual(currencies);
});
