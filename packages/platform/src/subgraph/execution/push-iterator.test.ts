import { describe, expect, test } from 'vitest';
import { createPushIterator } from './push-iterator.ts';

/** Takes so many values, then wants to be asked again. */
function readerOf(room: number) {
  const seen: unknown[] = [];
  const reader = {
    seen,
    room,
    take: (value: unknown) => {
      seen.push(value);
      reader.room -= 1;
      return reader.room > 0;
    },
    done: () => void seen.push('done'),
    failed: (error: Error) => void seen.push(error.message),
  };
  return reader;
}

describe('a reader that is told', () => {
  test('gets what waited before it came, then the rest in order and the end once', () => {
    const values = createPushIterator<number>();
    values.push(1);
    const reader = readerOf(Infinity);
    values.readBy(reader);
    values.push(2);
    values.end();
    values.end();
    expect(reader.seen).toEqual([1, 2, 'done']);
    expect(values.push(3)).toBe(false);
  });

  test('that is busy gets the next value, and the end, when it can take more', () => {
    const values = createPushIterator<number>();
    const reader = readerOf(1);
    values.readBy(reader);
    for (const value of [1, 2, 3]) values.push(value);
    values.end();
    expect(reader.seen).toEqual([1]);
    reader.room = 1;
    values.resume();
    expect(reader.seen).toEqual([1, 2]);
    reader.room = 5;
    values.resume();
    expect(reader.seen).toEqual([1, 2, 3, 'done']);
  });

  test('that stays busy is told that it is too slow, and the source that it is over', () => {
    let ended = 0;
    const onEnd = () => {
      ended += 1;
    };
    const values = createPushIterator<number>({ maxQueued: 2, onEnd });
    const reader = readerOf(1);
    values.readBy(reader);
    for (const value of [1, 2, 3]) expect(values.push(value)).toBe(true);
    expect(values.push(4)).toBe(false);
    expect(reader.seen).toEqual([1, 'Events are read too slowly.']);
    values.resume();
    expect([reader.seen.length, ended]).toEqual([2, 1]);
  });

  test('hears nothing of an end that it asked for', async () => {
    const values = createPushIterator<number>();
    const reader = readerOf(Infinity);
    values.readBy(reader);
    await values.return();
    values.push(1);
    expect(reader.seen).toEqual([]);
  });
});
