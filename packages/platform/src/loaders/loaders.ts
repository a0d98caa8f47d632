import DataLoader from 'dataloader';

/** How many keys one SQL statement may carry; the rest goes in a second statement. */
const MAX_BATCH_SIZE = 1000;

/**
 * A loader of rows by unique key: one statement per batch, rows put back in key order, `null`
 * where there is none. Build it per request: what it caches belongs to one viewer.
 */
export function keyedLoader<Row>(
  fetchRows: (keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): DataLoader<string, Row | null> {
  return new DataLoader(
    async (keys) => {
      const rows = new Map((await fetchRows(keys)).map((row) => [keyOf(row), row]));
      return keys.map((key) => rows.get(key) ?? null);
    },
    { maxBatchSize: MAX_BATCH_SIZE },
  );
}

/**
 * A loader of lists that take arguments, such as the first page of a connection: keys with equal
 * arguments are fetched together, so that a list of parents costs one statement per level.
 *
 * @param fetchGroup gets the parents' ids, distinct, and their common arguments; it answers a map by
 * parent id, and `empty` stands in for a parent that is not in it.
 */
export function groupedLoader<Arguments, Result>(
  fetchGroup: (
    parentIds: readonly string[],
    commonArguments: Arguments,
  ) => Promise<ReadonlyMap<string, Result>>,
  empty: () => Result,
): DataLoader<{ parentId: string; args: Arguments }, Result, string> {
  return new DataLoader(
    async (keys) => {
      const groups = new Map<string, { args: Arguments; parentIds: string[] }>();
      for (const { parentId, args } of keys) {
        const name = JSON.stringify(args);
        const group = groups.get(name) ?? { args, parentIds: [] };
        group.parentIds.push(parentId);
        groups.set(name, group);
      }
      const fetched = new Map(
        await Promise.all(
          Array.from(groups, async ([name, { args, parentIds }]) => {
            return [name, await fetchGroup(parentIds, args)] as const;
          }),
        ),
      );
      return keys.map(
        ({ parentId, args }) => fetched.get(JSON.stringify(args))?.get(parentId) ?? empty(),
      );
    },
    {
      maxBatchSize: MAX_BATCH_SIZE,
      cacheKeyFn: ({ parentId, args }) => `${parentId} ${JSON.stringify(args)}`,
    },
  );
}
