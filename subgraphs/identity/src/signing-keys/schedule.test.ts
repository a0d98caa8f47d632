import { expect, test } from 'vitest';
import { EARLY_MS, KEPT_MS, PERIOD_MS, planKeys, signerAt } from './schedule.ts';

const at = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms);
const key = (id: string, ms: number) => ({ id, signsFrom: at(ms) });

test('the first key signs at once', () => {
  expect(planKeys([], at(0))).toEqual({ nextSignsFrom: at(0), retired: [] });
});

test('the next one is published a day before it signs', () => {
  const keys = [key('a', 0)];
  expect(planKeys(keys, at(PERIOD_MS - EARLY_MS - 1)).nextSignsFrom).toBeNull();
  expect(planKeys(keys, at(PERIOD_MS - EARLY_MS)).nextSignsFrom).toEqual(at(PERIOD_MS));
});

test('a key is published early though nobody looked for a year', () => {
  const year = 365 * 24 * 60 * 60_000;
  expect(planKeys([key('a', 0)], at(year)).nextSignsFrom).toEqual(at(year + EARLY_MS));
});

test('a key goes an hour after its successor has begun, and the newest never', () => {
  const keys = [key('a', 0), key('b', PERIOD_MS)];
  expect(planKeys(keys, at(PERIOD_MS + KEPT_MS - 1)).retired).toEqual([]);
  expect(planKeys(keys, at(PERIOD_MS + KEPT_MS)).retired).toEqual(['a']);
  expect(signerAt(keys, at(PERIOD_MS - 1))?.id).toBe('a');
  expect(signerAt(keys, at(PERIOD_MS))?.id).toBe('b');
  expect(signerAt(keys, at(-1_000))?.id).toBe('a');
});
