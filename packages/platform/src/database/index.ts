export {
  createDatabase,
  type Database,
  type PrismaClientLike,
  type TransactionOf,
} from './database.ts';
export { isRetryable, isUniqueViolation } from './failures.ts';
export type { SqlRunner } from './sql.ts';
