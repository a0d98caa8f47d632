import type { Database, PrismaClientLike, TransactionOf } from '../database/index.ts';

/** The part of a request's context that a change works with. */
interface Changing<Client extends PrismaClientLike> {
  readonly db: Database<Client>;
  readonly loaders: Readonly<Record<string, { clearAll(): unknown }>>;
}

/**
 * `db.inTransaction` for a mutation: forgets afterwards what this request has loaded before, because
 * its next mutation, and the fields of this one's answer, must see the change.
 */
export async function changeInTransaction<Client extends PrismaClientLike, Result>(
  { db, loaders }: Changing<Client>,
  work: (tx: TransactionOf<Client>) => Promise<Result>,
  isolation?: Parameters<Database<Client>['inTransaction']>[1],
): Promise<Result> {
  const result = await db.inTransaction(work, isolation);
  for (const loader of Object.values(loaders)) loader.clearAll();
  return result;
}
