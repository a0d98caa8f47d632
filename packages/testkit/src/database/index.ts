import { inject } from 'vitest';
import './provided-context.ts';
import { type Content, cloneFilled } from './filled-databases.ts';
import { cloneTemplate, type TestDatabase } from './test-database.ts';
import type { TestPostgresAddress } from './test-postgres.ts';

export { cloneFilled } from './filled-databases.ts';
export { cloneTemplate, type TestDatabase } from './test-database.ts';
export { startTestPostgres, type TestPostgres } from './test-postgres.ts';

/**
 * A migrated, empty database of a subgraph for one test file. Needs `global-setup.ts` in vitest's
 * `globalSetup`.
 * @throws Error when the subgraph has no schema.prisma, or the global set-up did not run.
 */
export async function createTestDatabase(subgraph: string): Promise<TestDatabase> {
  return cloneTemplate(testPostgres(), subgraph);
}

/**
 * Databases with content that several test files need, filled once per run: see `cloneFilled`.
 * @throws Error when a subgraph has no schema.prisma, or the global set-up did not run; what `fill`
 * throws
 */
export async function createFilledDatabases<Subgraph extends string>(
  content: Content<Subgraph>,
): Promise<Record<Subgraph, TestDatabase>> {
  return cloneFilled(testPostgres(), content);
}

function testPostgres(): TestPostgresAddress {
  const address: TestPostgresAddress | undefined = inject('testPostgres');
  if (!address) {
    throw new Error(
      'No test Postgres: add packages/testkit/src/database/global-setup.ts to globalSetup.',
    );
  }
  return address;
}
