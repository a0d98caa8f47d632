import { setTimeout as delay } from 'node:timers/promises';
import { PrismaPg } from '@prisma/adapter-pg';
import { isRetryable } from './failures.ts';
import { openPool } from './open-pool.ts';
import { preparedName } from './prepared-name.ts';
import type { SqlRunner } from './sql.ts';
import { traceStatements } from './trace-statements.ts';

interface TransactionOptions {
  readonly isolationLevel: 'ReadCommitted' | 'RepeatableRead' | 'Serializable';
  /** How long to wait for a connection, in milliseconds. */
  readonly maxWait: number;
  /** How long the transaction may take, in milliseconds. */
  readonly timeout: number;
}

/** What every generated Prisma client has in common. */
export interface PrismaClientLike extends SqlRunner {
  $transaction<Result>(
    // biome-ignore lint/suspicious/noExplicitAny: the transaction client is each client's own type
    work: (tx: any) => Promise<Result>,
    options: TransactionOptions,
  ): Promise<Result>;
  $disconnect(): Promise<void>;
}

/** A Prisma client inside a transaction. */
export type TransactionOf<Client> = Omit<Client, '$connect' | '$disconnect' | '$on' | '$extends'>;

/** The database of one subgraph. */
export interface Database<Client extends PrismaClientLike> {
  readonly client: Client;
  readonly url: string;
  /**
   * Runs one use case in one transaction: commits when `work` resolves, rolls back when it throws.
   * A serialization failure or deadlock runs the **whole** of `work` again, up to four times, so it
   * must have no effect outside the database.
   *
   * @param isolation say it where money or stock moves; `ReadCommitted` when absent.
   */
  inTransaction<Result>(
    work: (tx: TransactionOf<Client>) => Promise<Result>,
    isolation?: TransactionOptions['isolationLevel'],
  ): Promise<Result>;
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

interface DatabaseOptions<Client> {
  readonly url: string;
  readonly createClient: (adapter: PrismaPg) => Client;
  /** Most connections this process holds to this database. */
  readonly poolSize?: number;
}

const MAX_ATTEMPTS = 5;
const TRANSACTION_WAIT_MS = 5_000;
const TRANSACTION_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** As long as the gateway waits for a whole operation: nobody is there for what comes later. */
const STATEMENT_TIMEOUT_MS = 30_000;

/** Opens the database of one subgraph; connections are made when first needed. */
export function createDatabase<Client extends PrismaClientLike>(
  options: DatabaseOptions<Client>,
): Database<Client> {
  const connection = {
    connectionString: options.url,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // The adapter writes and reads `timestamptz` without its offset, which is right in UTC only.
    options: `-c TimeZone=UTC -c statement_timeout=${STATEMENT_TIMEOUT_MS}`,
  };
  const adapter = new PrismaPg(openPool(connection), {
    disposeExternalPool: true,
    statementNameGenerator: ({ sql }) => preparedName(sql),
  });
  const client = options.createClient(traceStatements(adapter));
  return {
    client,
    url: options.url,
    inTransaction: (work, isolationLevel = 'ReadCommitted') =>
      retryWholeTransaction(() =>
        client.$transaction(work, {
          isolationLevel,
          maxWait: TRANSACTION_WAIT_MS,
          timeout: TRANSACTION_TIMEOUT_MS,
        }),
      ),
    ping: async () => {
      await client.$queryRaw`SELECT 1`;
    },
    close: () => client.$disconnect(),
  };
}

async function retryWholeTransaction<Result>(run: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isRetryable(error)) throw error;
      // Full jitter keeps rivals from meeting again at the same instant.
      await delay(Math.random() * 10 * 2 ** attempt);
    }
  }
}
