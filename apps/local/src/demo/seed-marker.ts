import type { ClientBase } from 'pg';
import type { Seed } from '../arguments.ts';

/** What a database was filled with. The marker lives in a schema of its own, so that it is no drift of the subgraph's. */
export async function readMarker(client: ClientBase): Promise<Seed | null> {
  await client.query('CREATE SCHEMA IF NOT EXISTS civitas_local');
  await client.query('CREATE TABLE IF NOT EXISTS civitas_local.seed (name text PRIMARY KEY)');
  const { rows } = await client.query<{ name: Seed }>('SELECT name FROM civitas_local.seed');
  return rows[0]?.name ?? null;
}

/** In the transaction of the rows, so that neither is there without the other. */
export async function markAs(client: ClientBase, seed: Seed): Promise<void> {
  await client.query('INSERT INTO civitas_local.seed (name) VALUES ($1)', [seed]);
}
