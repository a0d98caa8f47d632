import { subgraphNames } from '../../src/subgraph-names.ts';
import type { TestDatabases } from '../set-up/open-databases.ts';

/** A number of rows and a checksum of each table of each subgraph, by `subgraph.table`. */
export async function digestDatabases({ sql }: TestDatabases): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const name of subgraphNames) {
    const tables = await sql(name, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
    const each = tables.map(
      ({ tablename }) => `SELECT '${name}.${tablename}' AS "table",
        count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) AS digest FROM "${tablename}" AS t`,
    );
    for (const { table, digest } of await sql(name, each.join(' UNION ALL ')))
      digests[table] = digest;
  }
  return digests;
}
