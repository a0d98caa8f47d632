import { createDatabase, type Database } from '../src/database/index.ts';
import { PrismaClient } from './generated/prisma/client.ts';

export type TestDatabase = Database<PrismaClient>;

/** The same client for the tests and for the processes they start. */
export function openTestDatabase(url: string): TestDatabase {
  return createDatabase({ url, createClient: (adapter) => new PrismaClient({ adapter }) });
}

/** Empties a database between tests. */
export async function clear({ client }: TestDatabase): Promise<void> {
  await client.$executeRaw`TRUNCATE outbox, inbox, parked_event, effect, account RESTART IDENTITY`;
}
