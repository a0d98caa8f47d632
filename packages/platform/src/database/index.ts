export {
  createDatabase,
  type Database,
  type PrismaClientLike,
  type TransactionOf,
} from './database.ts';
export { isRetryable, isUnavailable, isUniqueViolation } from './failures.ts';
export { openPool } from './open-pool.ts';
export type { SqlRunner } from './sql.ts';
