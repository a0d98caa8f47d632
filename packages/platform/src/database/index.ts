export { createDatabase, type Database, type TransactionOf } from './database.ts';
export { isRetryable, isUniqueViolation } from './failures.ts';
export type { SqlRunner } from './sql.ts';
