import { createDatabase } from '@civitas/platform/database';
import type { FinanceDatabase } from './context.ts';
import { PrismaClient } from './generated/prisma/client.ts';

/** Opens the database of finance; connections are made when first needed. */
export function createFinanceDatabase(url: string): FinanceDatabase {
  return createDatabase({ url, createClient: (adapter) => new PrismaClient({ adapter }) });
}
