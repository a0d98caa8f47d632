export { diff, drift, writeMigration } from './diff.ts';
export type { FailedMigration, MigrationStatus } from './history.ts';
export { type MigrateOptions, type MigrationTarget, migrate, status } from './migrate.ts';
export { MigrationError, type MigrationErrorCode } from './migration-error.ts';
export { dropDatabase, ensureDatabase, urlOfDatabase } from './postgres-client.ts';
export { databaseNameOf, listSubgraphs, prismaDirectory } from './subgraph-databases.ts';
