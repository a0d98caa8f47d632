import { audits } from '@civitas/finance/audits';
import type { Load } from './load.ts';
import { POPULATION, sqlId, sqlInstant, sqlSkewed } from './population.ts';

const { donations, donationsOfFirst, kinds } = POPULATION;
const { FAMILY, DONOR } = kinds;
const START = `'2023-11-01'::timestamptz`;

/** Every donor is given what they give away, at the start; then the gifts, in order. */
const GIFTS = [
  `CREATE TEMP TABLE gift ON COMMIT DROP AS
   SELECT n, ${sqlSkewed('DONOR')} AS donor, 100 + n % 10000 AS amount,
     CASE WHEN n % ${donations / donationsOfFirst} = 0 THEN ${FAMILY.from}
       ELSE ${sqlSkewed('FAMILY')} END AS family
   FROM generate_series(0, ${donations - 1}) AS n`,
  `CREATE TEMP TABLE line ON COMMIT DROP AS
   WITH funded AS (
     SELECT donor, ${donations} + donor AS entry, sum(amount) AS amount FROM gift GROUP BY donor
   ), moved (account, place, entry, amount) AS (
     SELECT -1, entry, entry, -amount FROM funded
     UNION ALL SELECT donor, -1, entry, amount FROM funded
     UNION ALL SELECT donor, n, n, -amount FROM gift
     UNION ALL SELECT family, n, n, amount FROM gift
   )
   SELECT account, entry, amount, row_number() OVER each AS sequence, sum(amount) OVER each AS balance
   FROM moved WINDOW each AS (PARTITION BY account ORDER BY place)`,
];

const accountId = (number: string) =>
  `CASE WHEN ${number} = -1 THEN ${sqlId('acc', '0')} ELSE ${sqlId('wal', number)} END`;

const LEDGER = [
  `INSERT INTO party (id, kind, registered_at)
   SELECT ${sqlId('usr', 'n')}, CASE WHEN n >= ${FAMILY.from + FAMILY.count}
     THEN 'DONOR' ELSE 'FAMILY' END::party_kind, ${START}
   FROM generate_series(${FAMILY.from}, ${DONOR.from + DONOR.count - 1}) AS n`,
  `INSERT INTO account (id, kind, normal_balance, currency, owner_id, balance_minor, posting_count, opened_at)
   SELECT ${accountId('account')},
     CASE WHEN account = -1 THEN 'EXTERNAL_FUNDING' ELSE 'WALLET' END::account_kind,
     CASE WHEN account = -1 THEN 'DEBIT' ELSE 'CREDIT' END::ledger_side, 'EUR',
     CASE WHEN account <> -1 THEN ${sqlId('usr', 'account')} END, sum(amount), count(*), ${START}
   FROM line GROUP BY account`,
  `INSERT INTO entry (id, kind, description, initiator, idempotency_key, request_hash, posting_count, occurred_at)
   SELECT ${sqlId('ent', 'n')}, 'DONATION', CASE WHEN n % 4 = 0 THEN 'For the winter.' END,
     ${sqlId('usr', 'donor')}, 'bench-' || n, sha256(n::text::bytea), 2, ${sqlInstant('n', donations)}
   FROM gift`,
  `INSERT INTO entry (id, kind, initiator, idempotency_key, request_hash, posting_count, occurred_at)
   SELECT ${sqlId('ent', 'entry')}, 'FUNDING', 'system', 'bench-' || entry, sha256(entry::text::bytea), 2, ${START}
   FROM line WHERE account = -1`,
  `INSERT INTO posting (account_id, sequence, entry_id, currency, amount_minor, balance_after)
   SELECT ${accountId('account')}, sequence, ${sqlId('ent', 'entry')}, 'EUR', amount, balance FROM line`,
  `INSERT INTO donation (id, entry_id, donor_id, family_id, currency, amount_minor, anonymous, donated_at)
   SELECT ${sqlId('don', 'n')}, ${sqlId('ent', 'n')}, ${sqlId('usr', 'donor')}, ${sqlId('usr', 'family')},
     'EUR', amount, n % 3 = 0, ${sqlInstant('n', donations)}
   FROM gift ORDER BY n`,
  `INSERT INTO donation_total (family_id, currency, amount_minor, donation_count)
   SELECT ${sqlId('usr', 'family')}, 'EUR', sum(amount), count(*) FROM gift GROUP BY family`,
];

/** The whole ledger behind the donations, as an auditor wants it. */
export const GIFTS_AND_LEDGER: Load = {
  tables: ['party', 'account', 'entry', 'posting', 'donation', 'donation_total'],
  statements: [...GIFTS, ...LEDGER],
  audits,
};
