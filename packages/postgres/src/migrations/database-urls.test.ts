import { expect, test } from 'vitest';
import { readDatabaseUrls } from './database-urls.ts';

test("a subgraph's own URL comes first, then its database on the common server", () => {
  const urls = readDatabaseUrls({
    DATABASE_URL: 'postgresql://u:p@db:5432/ignored?sslmode=require',
    FINANCE_DATABASE_URL: 'postgresql://u:p@ledger/money',
  });
  expect(urls('finance')).toBe('postgresql://u:p@ledger/money');
  expect(urls('content')).toBe('postgresql://u:p@db:5432/civitas_content?sslmode=require');
});

test('nothing given means the embedded server', () => {
  expect(readDatabaseUrls({ DATABASE_URL: '' })('content')).toBeUndefined();
});
