import { subgraphNames } from '../../src/subgraph-names.ts';
import type { TestDatabases } from './open-databases.ts';

/** Every row of every table in which a word stands, as `subgraph.table: row`. */
export async function rowsWith({ sql }: TestDatabases, word: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of subgraphNames) {
    const tables = await sql(name, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
    const every = tables.map(
      ({ tablename }) =>
        `SELECT '${name}.${tablename}: ' || to_jsonb(t)::text AS row FROM "${tablename}" AS t`,
    );
    const all = `SELECT row FROM (${every.join(' UNION ALL ')}) AS a WHERE row ILIKE $1`;
    found.push(...(await sql(name, all, [`%${word}%`])).map(({ row }) => row));
  }
  return found;
}
