import { fc } from '@civitas/testkit/random';
import { expect, test } from 'vitest';
import { adjustmentReasons, delta, explains } from './stock-adjustment.ts';

test('goods that come in are more, goods that are gone are fewer, a correction is either', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (units) => {
      const more = adjustmentReasons.filter((reason) => explains(reason, units));
      const fewer = adjustmentReasons.filter((reason) => explains(reason, -units));
      expect(more).toEqual(['RECEIVED', 'RETURNED', 'CORRECTION']);
      expect(fewer).toEqual(['DAMAGED', 'LOST', 'CORRECTION']);
    }),
  );
});

test('no reason explains a change of nothing', () => {
  for (const reason of ['RECEIVED', 'RETURNED', 'DAMAGED', 'LOST'] as const) {
    expect(explains(reason, 0)).toBe(false);
  }
});

test.each([0, 1.5, 1_000_001, -1_000_001, Number.NaN])('a change by %d is refused', (value) => {
  expect(delta.safeParse(value).success).toBe(false);
});

test.each([1, -1, 1_000_000, -1_000_000])('a change by %d is accepted', (value) => {
  expect(delta.parse(value)).toBe(value);
});
