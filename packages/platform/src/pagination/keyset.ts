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

/**
 * The same condition for a `where` of Prisma, to be spread into it; empty for the first page.
 *
 * @param columns the fields of the model that the list is sorted by: an instant, then the unique id.
 */
export function whereAfterKey<Instant extends string, Id extends string>(
  columns: readonly [Instant, Id],
  after: readonly [instant: Date, id: string] | null,
  order: 'oldest first' | 'newest first',
): WhereAfterKey<Instant, Id> {
  if (after === null) return {};
  const [instant, id] = columns;
  const [lastInstant, lastId] = after;
  const follows = <Value>(value: Value) =>
    order === 'oldest first' ? { gt: value } : { lt: value };
  return {
    OR: [{ [instant]: follows(lastInstant) }, { [instant]: lastInstant, [id]: follows(lastId) }],
  } as WhereAfterKey<Instant, Id>;
}

type Follows<Value> = { gt: Value } | { lt: Value };

interface WhereAfterKey<Instant extends string, Id extends string> {
  OR?: ({ [Key in Instant]: Date | Follows<Date> } & { [Key in Id]?: Follows<string> })[];
}
