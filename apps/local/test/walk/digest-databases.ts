import { subgraphNames } from '../../src/subgraph-names.ts';
import type { TestDatabases } from '../set-up/open-databases.ts';

/**
 * A number of rows and a checksum of each table of each subgraph, by `subgraph.table`. Which texts of topics
 * have their files by now is left out: those of the demo get them in the background all the while.
 */
export async function digestDatabases({ sql }: TestDatabases): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const name of subgraphNames) {
    const tables = await sql(name, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
    const each = tables.map(
      ({ tablename }) => `SELECT '${name}.${tablename}' AS "table",
        count(*) || ' ' || coalesce(sum(hashtextextended(${rowOf(tablename)}, 0)), 0) AS digest FROM "${tablename}" AS t`,
    );
    for (const { table, digest } of await sql(name, each.join(' UNION ALL ')))
      digests[table] = digest;
  }
  return digests;
}

function rowOf(table: string): string {
  return table === 'topic' ? `(to_jsonb(t) - 'file_sha256')::text` : 't::text';
}
