import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSealer, deriveKey } from './index.ts';

const key = deriveKey('a secret for tests, 32 characters or more', 'test');
const plain = new Uint8Array(randomBytes(20));

test('what is sealed opens for its owner alone, and does not show', () => {
  const sealer = createSealer(key);
  const sealed = sealer.seal(plain, 'ada');
  expect(sealer.open(sealed, 'ada')).toEqual(plain);
  expect(Buffer.from(sealed).includes(Buffer.from(plain))).toBe(false);
  expect(() => sealer.open(sealed, 'bob')).toThrow();
});

test('a changed bit anywhere is refused, and so is another key', () => {
  const sealed = createSealer(key).seal(plain, 'ada');
  for (let index = 0; index < sealed.length; index += 1) {
    const changed = sealed.slice();
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(() => createSealer(key).open(changed, 'ada')).toThrow();
  }
  const other = deriveKey('a secret for tests, 32 characters or more', 'other');
  expect(() => createSealer(other).open(sealed, 'ada')).toThrow();
});

test('the same is never sealed alike', () => {
  const sealer = createSealer(key);
  expect(sealer.seal(plain, 'ada')).not.toEqual(sealer.seal(plain, 'ada'));
});
