export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  findEmbeddedPostgres,
  type PostgresAddress,
  startEmbeddedPostgres,
} from './embedded-postgres.ts';
export { PostgresStartError, type PostgresStartReason } from './postgres-start-error.ts';
export { startThrowawayPostgres } from './throwaway-postgres.ts';
