import type { ClientBase } from 'pg';

/**
 * Rows per statement: few enough to keep arrays small, enough that what triggers do once per
 * statement, such as carrying postings into balances, weighs little in a large seed.
 */
const BATCH_SIZE = 20_000;

/**
 * Inserts rows of one table in batches, each one statement over `unnest`.
 *
 * @param columns name and array element type of each column, e.g. `{ id: 'text', price_minor: 'bigint' }`.
 * @param rows one record per row; read lazily, so a large seed need not fit in memory.
 * @returns how many rows were inserted.
 */
export async function insertRows<Column extends string>(
  client: ClientBase,
  table: string,
  columns: Readonly<Record<Column, string>>,
  rows: Iterable<Readonly<Record<Column, unknown>>>,
): Promise<number> {
  const names = Object.keys(columns) as Column[];
  const list = names.map((name) => `"${name}"`).join(', ');
  const arrays = names.map((name, index) => `$${index + 1}::${columns[name]}[]`).join(', ');
  const statement = `INSERT INTO "${table}" (${list}) SELECT * FROM unnest(${arrays})`;
  let inserted = 0;
  for (const batch of batches(rows, BATCH_SIZE)) {
    await client.query(
      statement,
      names.map((name) => batch.map((row) => row[name])),
    );
    inserted += batch.length;
  }
  return inserted;
}

function* batches<Item>(items: Iterable<Item>, size: number): Generator<Item[]> {
  let batch: Item[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
