import pg from 'pg';

/** Runs one statement on a test's database and answers its rows. */
export async function sql(
  databaseUrl: string,
  text: string,
  values: readonly unknown[] = [],
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they asked for
): Promise<any[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query(text, [...values]).finally(() => client.end());
  return rows;
}
