import { type SubgraphName, subgraphNames } from '../../src/subgraph-names.ts';
import type { TestDatabases } from '../set-up/open-databases.ts';

/** Rows of each table whose ids are walked. */
const SAMPLE = 6;

/** Of each kind of a thing some: private and public subjects, people of all kinds. */
const KINDS_OF: Readonly<Record<string, string>> = {
  user: 'kind, acquaintance_visibility',
  subject: 'visibility',
};

/** Ids of every table of every subgraph, by their prefix. */
export async function sampleIds({ sql }: TestDatabases): Promise<Map<string, string[]>> {
  const ids = new Map<string, string[]>();
  for (const name of subgraphNames) {
    for (const table of await tablesWithIds(sql, name)) {
      const rows = await sql(
        name,
        `SELECT id FROM (
           SELECT id, row_number() OVER (PARTITION BY ${KINDS_OF[table] ?? '1'} ORDER BY md5(id)) AS place
           FROM "${table}"
         ) AS t WHERE place <= ${SAMPLE}`,
      );
      for (const { id } of rows) {
        const prefix = String(id).split('_')[0] ?? '';
        ids.set(prefix, [...(ids.get(prefix) ?? []), id]);
      }
    }
  }
  return ids;
}

async function tablesWithIds(sql: TestDatabases['sql'], name: SubgraphName): Promise<string[]> {
  const columns = await sql(
    name,
    `SELECT table_name AS "table" FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name = 'id' AND data_type = 'text'
       AND table_name NOT IN ('outbox', 'parked_event')`,
  );
  return columns.map(({ table }) => table);
}
