import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeMigration } from '@civitas/postgres/migrations';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneFilled, cloneTemplate, startTestPostgres, type TestPostgres } from './index.ts';

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

test('migrations that do not apply fail the tests of their subgraph, with the reason', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'civitas-testkit-'));
  await cp(path.join(fixtures, 'library'), path.join(root, 'sound'), { recursive: true });
  await cp(path.join(fixtures, 'library'), path.join(root, 'broken'), { recursive: true });
  await writeMigration(path.join(root, 'broken'), 'fault', 'SELECT 1 / 0', new Date('2026-02-01'));
  const other = await startTestPostgres({ url: postgres.adminUrl, prismaDirectory: root });
  await rm(root, { recursive: true });
  await expect(cloneTemplate(other, 'broken')).rejects.toThrow('division by zero');
  expect((await cloneTemplate(other, 'sound')).url).toContain('/test_sound_');
});

test('an unknown subgraph is refused by name', async () => {
  await expect(cloneTemplate(postgres, 'nosuch')).rejects.toThrow('"nosuch"; there are: library');
});

test('content that several need at once is made once, and everybody gets their own', async () => {
  let fills = 0;
  const content = {
    name: 'shelf',
    subgraphs: ['library'] as const,
    fill: async ({ library }: { library: string }) => {
      fills += 1;
      await query(library, `INSERT INTO book (id, title, isbn) VALUES ('b', 'Emma', '1')`);
    },
  };
  const clones = await Promise.all([1, 2, 3].map(() => cloneFilled(postgres, content)));
  expect(fills).toBe(1);
  const [first, second] = clones.map(({ library }) => library.url);
  await query(first ?? '', 'DELETE FROM book');
  expect(await query(second ?? '', 'SELECT id FROM book')).toEqual([{ id: 'b' }]);
});

test('content that could not be made is made by the next to ask', async () => {
  const content = { name: 'failing', subgraphs: ['library'] as const };
  const fail = () => Promise.reject(new Error('no books'));
  await expect(cloneFilled(postgres, { ...content, fill: fail })).rejects.toThrow('no books');
  const made = await cloneFilled(postgres, { ...content, fill: () => Promise.resolve() });
  expect(await query(made.library.url, 'SELECT id FROM book')).toEqual([]);
});

test('a given server is left without what a run has filled', async () => {
  const url = postgres.adminUrl;
  const other = await startTestPostgres({ url, prismaDirectory: fixtures });
  const content = { name: 'gone', subgraphs: ['library'] as const };
  await cloneFilled(other, { ...content, fill: () => Promise.resolve() });
  await other.stop();
  const left = `SELECT datname FROM pg_database WHERE datname LIKE 'filled_${other.runId}%'`;
  expect(await query(url, left)).toEqual([]);
});
