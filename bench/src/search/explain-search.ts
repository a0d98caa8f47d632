import pg from 'pg';

type Query = (...args: unknown[]) => unknown;

/** Prints what Postgres did for each statement that a piece of work sends. */
export async function explainSearch(url: string, work: () => Promise<unknown>): Promise<void> {
  const { prototype } = pg.Client as unknown as { prototype: { query: Query } };
  const { query } = prototype;
  const sent: { text: string; values: unknown[] }[] = [];
  prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const { text, values } = args[0] as { text?: string; values?: unknown[] };
    if (text?.includes('search_')) sent.push({ text, values: values ?? [] });
    return query.apply(this, args);
  };
  await work().finally(() => {
    prototype.query = query;
  });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const { text, values } of sent) {
    await client.query('BEGIN');
    const { rows } = await client.query(`EXPLAIN (ANALYZE, BUFFERS) ${text}`, values);
    await client.query('ROLLBACK');
    const lines = rows.map((row) => String(Object.values(row as object)[0]));
    console.log(lines.filter((line) => /actual time|Time:|Filter|Cond/.test(line)).join('\n'));
  }
  await client.end();
}
