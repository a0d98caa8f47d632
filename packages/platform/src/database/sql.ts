import type { Sql } from '@prisma/client/runtime/client';

/** The raw half of a Prisma client or transaction: all that mechanisms shared by subgraphs need. */
export interface SqlRunner {
  $queryRaw<Result = unknown>(
    query: TemplateStringsArray | Sql,
    ...values: unknown[]
  ): PromiseLike<Result>;
  $executeRaw(query: TemplateStringsArray | Sql, ...values: unknown[]): PromiseLike<number>;
}
