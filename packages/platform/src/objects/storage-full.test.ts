import { expect, test } from 'vitest';
import { nameStorageFull } from './storage-full.ts';

test.each([
  { code: 'ENOSPC' },
  { code: 'EDQUOT' },
  { code: 'EFBIG' },
  { name: 'XMinioStorageFull', $metadata: { httpStatusCode: 507 } },
  { name: 'QuotaExceeded', $metadata: { httpStatusCode: 403 } },
  { name: 'Unknown', $metadata: { httpStatusCode: 507 } },
])('%j is a store without room', (said) => {
  const cause = Object.assign(new Error('No room.'), said);
  expect(nameStorageFull(cause)).toMatchObject({ code: 'STORAGE_FULL', originalError: cause });
});

test.each([{ code: 'ENOENT' }, { $metadata: { httpStatusCode: 503 } }, new Error('x'), null])(
  '%s is another failure, and stays what it is',
  (cause) => {
    expect(nameStorageFull(cause)).toBe(cause);
  },
);
