import type { TestPostgresAddress } from './test-postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    testPostgres: TestPostgresAddress;
  }
}
