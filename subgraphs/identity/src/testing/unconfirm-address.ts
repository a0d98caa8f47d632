import type { TestSubgraph } from '@civitas/testkit';
import pg from 'pg';
import type { Registered } from './use-identity.ts';

/** Makes an account as there were before registering took a confirmed address. */
export async function unconfirmAddress(
  { databaseUrl }: Pick<TestSubgraph, 'databaseUrl'>,
  { viewer }: Pick<Registered, 'viewer'>,
): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client
    .query('UPDATE account SET email_verified_at = NULL WHERE user_id = $1', [viewer.id])
    .finally(() => client.end());
}
