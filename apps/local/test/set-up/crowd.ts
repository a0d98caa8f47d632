import type { TestDatabases } from './open-databases.ts';

/** The n-th id of a kind. */
export const idOf = (prefix: string, n: number): string =>
  `${prefix}_01jd00000000${String(n).padStart(14, '0')}`;

const sqlId = (prefix: string, n: string) =>
  `'${prefix}_01jd00000000' || lpad((${n})::text, 14, '0')`;
const at = (n: string) => `'2026-01-01'::timestamptz + (${n}) * interval '1 second'`;

/** Numbers of people by kind: from, and how many. */
export const CROWD = {
  CIVILIAN: { from: 0, count: 200 },
  OFFICER: { from: 200, count: 300 },
  FAMILY: { from: 500, count: 100 },
  MERCHANT: { from: 600, count: 4_400 },
} as const;

/**
 * Enough people that Postgres has reasons to prefer an index: 5,000 of them, each civilian has met a
 * hundred officers, each family has a hundred donations, each merchant has sold something.
 */
export async function fillWithCrowd({ sql }: TestDatabases): Promise<void> {
  const kindOf = `CASE ${Object.entries(CROWD)
    .map(([kind, { from, count }]) => `WHEN n < ${from + count} THEN '${kind}'`)
    .join(' ')} END`;
  await sql(
    'identity',
    `INSERT INTO "user" (id, kind, handle, display_name, joined_at, acquaintance_visibility,
       trade_name, merchant_category, badge_number, department, needs_statement, household_size)
     SELECT ${sqlId('usr', 'n')}, kind::user_kind, 'person-' || n, 'Person ' || n, ${at('n')}, 'PUBLIC',
       CASE kind WHEN 'MERCHANT' THEN 'Shop' END, CASE kind WHEN 'MERCHANT' THEN 'Bread' END,
       CASE kind WHEN 'OFFICER' THEN 'CV-' || n END, CASE kind WHEN 'OFFICER' THEN 'Harbour' END,
       CASE kind WHEN 'FAMILY' THEN 'Coats' END, CASE kind WHEN 'FAMILY' THEN 3 END
     FROM (SELECT n, ${kindOf} AS kind FROM generate_series(0, 4999) AS n) AS people`,
  );
  await sql(
    'identity',
    `INSERT INTO acquaintance (civilian_id, officer_id, met_count, first_met_at, last_met_at)
     SELECT ${sqlId('usr', 'c')}, ${sqlId('usr', '200 + (c * 7 + o) % 300')}, 1, ${at('o')}, ${at('o * 3')}
     FROM generate_series(0, 199) AS c, generate_series(0, 99) AS o`,
  );
  await sql(
    'finance',
    `INSERT INTO party (id, kind, registered_at)
     SELECT ${sqlId('usr', 'n')}, (${kindOf})::party_kind, ${at('n')} FROM generate_series(0, 999) AS n`,
  );
  // Without the ledger behind them, which is another test's matter.
  await sql('finance', 'ALTER TABLE entry DISABLE TRIGGER USER');
  await sql('finance', 'ALTER TABLE donation DISABLE TRIGGER USER');
  await sql(
    'finance',
    `INSERT INTO entry (id, kind, description, initiator, idempotency_key, request_hash, posting_count, occurred_at)
     SELECT ${sqlId('ent', 'n')}, 'DONATION', 'Warm winter', 'system', n::text, sha256('x'), 2, ${at('n')}
     FROM generate_series(0, 9999) AS n`,
  );
  await sql(
    'finance',
    `INSERT INTO donation (id, entry_id, donor_id, family_id, currency, amount_minor, anonymous, donated_at)
     SELECT ${sqlId('don', 'n')}, ${sqlId('ent', 'n')}, ${sqlId('usr', 'n % 200')},
       ${sqlId('usr', '500 + n % 100')}, 'EUR', 100, false, ${at('n')}
     FROM generate_series(0, 9999) AS n`,
  );
  await sql(
    'finance',
    `INSERT INTO donation_total (family_id, currency, amount_minor, donation_count)
     SELECT ${sqlId('usr', '500 + n')}, currency, 10000, 100
     FROM generate_series(0, 99) AS n, unnest(enum_range(NULL::currency)) AS currency`,
  );
  await sql(
    'marketplace',
    `INSERT INTO merchant_sales (merchant_id, units, orders)
     SELECT ${sqlId('usr', 'n')}, 7, 3 FROM generate_series(600, 4999) AS n`,
  );
  for (const name of ['identity', 'finance', 'marketplace'] as const) await sql(name, 'ANALYZE');
}
