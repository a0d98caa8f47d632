import { fc } from '@civitas/testkit/random';
import { expect, test } from 'vitest';
import { newId } from '../ids/index.ts';
import { cursorList, cursorTypes, readPage, toConnection } from './index.ts';

const list = cursorList('Shelf.books', [cursorTypes.instant, cursorTypes.id('boo')]);
const other = cursorList('Shelf.films', [cursorTypes.instant, cursorTypes.id('boo')]);

test('a cursor gives back exactly the key it was made of', () => {
  const totals = cursorList('Shelf.totals', [cursorTypes.bigint, cursorTypes.text]);
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !text.includes('\u0000')),
      (total, name) => {
        expect(totals.decode(totals.encode([total, name]))).toEqual([total, name]);
      },
    ),
  );
});

test('a cursor of another list is refused with a code', () => {
  const cursor = other.encode([new Date(), newId('boo')]);
  expect(() => readPage(list, { first: 1, after: cursor })).toThrow(
    expect.objectContaining({ code: 'MALFORMED_CURSOR' }),
  );
});

test.each([
  '',
  'x',
  'WzFd',
  '💥',
  'a'.repeat(10_000),
  Buffer.from('[1,"Shelf.books"').toString('base64url'),
])('the cursor %.20s is refused with a code', (after) => {
  expect(() => readPage(list, { first: 1, after })).toThrow(
    expect.objectContaining({ code: 'MALFORMED_CURSOR' }),
  );
});

test.each([0, -1, 101, 1_000_000])('first: %d is out of range', (first) => {
  expect(() => readPage(list, { first })).toThrow(
    expect.objectContaining({ code: 'PAGE_SIZE_OUT_OF_RANGE' }),
  );
});

test('the extra row says that there is more and is not shown', () => {
  const rows = [1, 2, 3].map((day) => ({ at: new Date(2024, 0, day), id: newId('boo') }));
  const shown = toConnection(list, rows, 2, (row) => ({ key: [row.at, row.id], node: row }));
  expect(shown.edges).toHaveLength(2);
  expect(shown.pageInfo.hasNextPage).toBe(true);
  expect(list.decode(shown.pageInfo.endCursor ?? '')).toEqual([rows[1]?.at, rows[1]?.id]);
  const all = toConnection(list, rows, 3, (row) => ({ key: [row.at, row.id], node: row }));
  expect(all.pageInfo.hasNextPage).toBe(false);
});
