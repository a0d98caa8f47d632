import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneTemplate, startTestPostgres, type TestPostgres } from './index.ts';

const fixtures = path.resolve(import.meta.dirname, '../../../postgres/test/fixtures');

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres({ prismaDirectory: fixtures });
});
afterAll(() => postgres.stop());

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(sql).finally(() => client.end());
  return rows;
}

test('clones made at the same time are migrated and independent of each other', async () => {
  const clones = await Promise.all([1, 2, 3].map(() => cloneTemplate(postgres, 'library')));
  const [first, second] = clones;
  if (!first || !second) throw new Error('no clones');
  await query(first.url, `INSERT INTO book (id, title, isbn) VALUES ('b', 'Emma', '1')`);
  expect(await query(first.url, 'SELECT id FROM book')).toEqual([{ id: 'b' }]);
  expect(await query(second.url, 'SELECT id FROM book')).toEqual([]);
  await Promise.all(clones.map((clone) => clone.drop()));
  await expect(query(first.url, 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
});

test('a run on a given server reuses its templates and leaves the server running', async () => {
  const url = postgres.adminUrl;
  const other = await startTestPostgres({ url, prismaDirectory: fixtures });
  expect(other.templates).toEqual(postgres.templates);
  await other.stop();
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('an unknown subgraph is refused by name', async () => {
  await expect(cloneTemplate(postgres, 'nosuch')).rejects.toThrow('"nosuch"; there are: library');
});
