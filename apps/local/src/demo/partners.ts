import { createHash } from 'node:crypto';
import type { ClientBase } from 'pg';
import { insertRows } from './insert-rows.ts';
import type { World } from './world.ts';

/** The program of `examples/partner`: the first merchant's kiosk. */
export const DEMO_CLIENT = 'example-partner';

/** Its API key, as well known as the password of the demo people. */
export const DEMO_API_KEY = 'civitas_demo-key-of-the-example-partner-not-secret-';

/** Lets the kiosk see the market and its owner's profile, and publish its operations. */
const SCOPES = ['marketplace:read', 'identity:read', 'identity:publish-operations'];
const EXPIRES_AT = new Date('2040-01-01T00:00:00.000Z');

/** A partner account with one key. Its operations are published by who tries the example. */
export async function loadPartners(client: ClientBase, world: World): Promise<void> {
  const random = world.randomFor('partners');
  const [owner] = world.ofKind('MERCHANT');
  if (!owner) return;
  const account = {
    id: random.id('prt', owner.joinedAt),
    owner_id: owner.id,
    name: DEMO_CLIENT,
    mode: 'SAFELIST',
    requests_per_minute: 120,
    requests_per_day: 10_000,
    created_at: owner.joinedAt,
  };
  await insertRows(
    client,
    'partner_account',
    {
      id: 'text',
      owner_id: 'text',
      name: 'text',
      mode: 'operation_mode',
      requests_per_minute: 'int',
      requests_per_day: 'int',
      created_at: 'timestamptz',
    },
    [account],
  );
  await client.query(
    `INSERT INTO api_key (id, owner_id, name, hash, scopes, created_at, expires_at, partner_account_id)
     VALUES ($1, $2, 'Kiosk at the harbour', $3, $4, $5, $6, $7)`,
    [
      random.id('key', owner.joinedAt),
      owner.id,
      createHash('sha256').update(DEMO_API_KEY).digest(),
      SCOPES,
      owner.joinedAt,
      EXPIRES_AT,
      account.id,
    ],
  );
}
