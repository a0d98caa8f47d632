import { inject } from 'vitest';
import './provided-context.ts';
import { cloneTemplate, type TestDatabase } from './test-database.ts';
import type { TestPostgresAddress } from './test-postgres.ts';

export { cloneTemplate, type TestDatabase } from './test-database.ts';
export { startTestPostgres, type TestPostgres } from './test-postgres.ts';

/**
 * A migrated, empty database of a subgraph for one test file. Needs `global-setup.ts` in vitest's
 * `globalSetup`.
 * @throws Error when the subgraph has no schema.prisma, or the global set-up did not run.
 */
export async function createTestDatabase(subgraph: string): Promise<TestDatabase> {
  const address: TestPostgresAddress | undefined = inject('testPostgres');
  if (!address) {
    throw new Error(
      'No test Postgres: add packages/testkit/src/database/global-setup.ts to globalSetup.',
    );
  }
  return cloneTemplate(address, subgraph);
}
