import { empty, raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';

/**
 * The condition that starts a page after the last row of the one before, for the end of a `WHERE`;
 * empty for the first page. Needs an index on the same columns, or it reads all that was skipped.
 *
 * @param columns the instant and the unique id that the list is sorted by, as they stand in SQL;
 * never anything that a client has sent.
 */
export function afterKey(
  columns: readonly [instant: string, id: string],
  after: readonly [instant: Date, id: string] | null,
  order: 'oldest first' | 'newest first',
): Sql {
  if (after === null) return empty;
  const follows = order === 'oldest first' ? '>' : '<';
  const [instant, id] = after;
  return sql`AND (${raw(columns.join(', '))}) ${raw(follows)} (${instant}::timestamptz, ${id}::text)`;
}
