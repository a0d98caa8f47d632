import type { SentStatement } from '@civitas/testkit';
import pg from 'pg';
import type { DatabaseUrls } from '../../src/databases.ts';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

/**
 * What Postgres does for a statement with these values, from the outermost step inwards, tables behind
 * their steps: `Index Scan user`.
 */
export async function explain(urls: DatabaseUrls, sent: SentStatement): Promise<string[]> {
  const url = Object.values(urls).find((each) => new URL(each).pathname === `/${sent.database}`);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client
    .query(`EXPLAIN (FORMAT JSON) ${sent.text}`, [...sent.values])
    .finally(() => client.end());
  return stepsOf(rows[0]['QUERY PLAN'][0].Plan);
}

function stepsOf(node: PlanNode): string[] {
  const step = `${node['Node Type']} ${node['Relation Name'] ?? ''}`.trim();
  return [step, ...(node.Plans ?? []).flatMap(stepsOf)];
}
