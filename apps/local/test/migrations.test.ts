import { join } from 'node:path';
import { drift, listSubgraphs, prismaDirectory } from '@civitas/postgres/migrations';
import { createTestDatabase } from '@civitas/testkit';
import { expect, test } from 'vitest';
import { subgraphNames } from '../src/subgraph-names.ts';

test('every subgraph has a database, and every database a subgraph', async () => {
  expect(await listSubgraphs()).toEqual(subgraphNames.toSorted());
});

test.each(subgraphNames)(
  'the migrations of %s lead from nothing to its Prisma schema',
  async (name) => {
    // A clone of a database that was empty before every migration was applied to it.
    const { url, drop } = await createTestDatabase(name);
    expect(await drift({ url, directory: join(prismaDirectory, name) })).toBe('');
    await drop();
  },
);
