import { loadInBulk } from './bulk.ts';
import { type Kind, POPULATION, sqlId, sqlSkewed } from './population.ts';

const YEARS = 3 * 365 * 24 * 3600;
/** The n-th of so many instants within three years, oldest first. */
const instant = (n: string, of: number) =>
  `('2023-11-01'::timestamptz + (${n})::float / ${of} * interval '${YEARS} seconds')::timestamptz(3)`;

// Names of syllables: some 600 first and 15,000 last names, the early ones far more often.
const syllables = (words: string, n: string) =>
  `(string_to_array('${words}', ' '))[1 + (${n}) % ${words.split(' ').length}]`;
const HEADS =
  'an ma jo el ka pe lu ni so ti ber ric the wil ros mi gre dan vic cla hen fre ag ed ot phi';
const TAILS =
  'na ria han len tja ter cas ko fie mo ta hard res liam alie guel gor iel tor ra ri da nes mund';
const LAST =
  'ber gar lin mey hof stein wal schu kow ski nak tan sen mar tin pet er son vog del rich bau';

const CHANCE = (max: number) => `floor(${max} * power(random(), 2))::int`;

const PEOPLE = `
  CREATE TEMP TABLE person AS
  SELECT n, kind, initcap(${syllables(HEADS, 'a')} || ${syllables(TAILS, 'a / 26')}) AS first,
         initcap(${syllables(LAST, 'b')} || ${syllables(LAST, 'b / 23')} || ${syllables(LAST, 'b / 529')}) AS last
  FROM (
    SELECT n, CASE ${Object.entries(POPULATION.kinds)
      .map(([kind, { from, count }]) => `WHEN n >= ${from} AND n < ${from + count} THEN '${kind}'`)
      .join(' ')} END::user_kind AS kind, ${CHANCE(624)} AS a, ${CHANCE(12_000)} AS b
    FROM generate_series(0, ${POPULATION.profiles - 1}) AS n
  ) AS numbered`;

const of = (kind: Kind, value: string) => `CASE WHEN kind = '${kind}' THEN ${value} END`;

const USERS = `
  INSERT INTO "user" (id, kind, handle, display_name, joined_at, acquaintance_visibility, bio,
    location, verified, trade_name, merchant_category, badge_number, department, needs_statement,
    household_size, donor_type, anonymous_by_default)
  SELECT ${sqlId('usr', 'n')}, kind, lower(first || '-' || last || '-' || n), first || ' ' || last,
    ${instant('n', POPULATION.profiles)}, 'PUBLIC',
    CASE WHEN n % 3 = 0 THEN 'Lives by the harbour and likes ' || last || '.' END,
    CASE WHEN n % 2 = 0 THEN 'Old town' END, kind IN ('OFFICER', 'MERCHANT'),
    ${of('MERCHANT', `last || ' & Co.'`)}, ${of('MERCHANT', `'Groceries'`)},
    ${of('OFFICER', `'CV-' || n`)}, ${of('OFFICER', `'Harbour'`)},
    ${of('FAMILY', `'Winter clothes for the children.'`)}, ${of('FAMILY', '2 + n % 6')},
    ${of('DONOR', `'PERSON'::donor_type`)}, ${of('DONOR', 'n % 3 = 0')}
  FROM person`;

const ENCOUNTERS = `
  INSERT INTO encounter (id, civilian_id, officer_id, kind, note, occurred_at)
  SELECT ${sqlId('enc', 'n')}, ${sqlId('usr', 'civilian')}, ${sqlId('usr', 'officer')},
    (enum_range(NULL::encounter_kind))[1 + n % 5],
    CASE WHEN n % 2 = 0 THEN 'Gave directions to the town hall.' END,
    ${instant('n', POPULATION.encounters)}
  FROM (
    SELECT n, ${sqlSkewed('CIVILIAN')} AS civilian, ${sqlSkewed('OFFICER')} AS officer
    FROM generate_series(0, ${POPULATION.encounters - 1}) AS n
  ) AS met`;

const ACQUAINTANCES = `
  INSERT INTO acquaintance (civilian_id, officer_id, met_count, first_met_at, last_met_at)
  SELECT civilian_id, officer_id, count(*), min(occurred_at), max(occurred_at)
  FROM encounter GROUP BY civilian_id, officer_id`;

const { from: families } = POPULATION.kinds.FAMILY;
const { from: merchants } = POPULATION.kinds.MERCHANT;

const DONATIONS = [
  `INSERT INTO party (id, kind, registered_at)
   SELECT ${sqlId('usr', 'n')}, CASE WHEN n >= ${families + POPULATION.kinds.FAMILY.count}
     THEN 'DONOR' ELSE 'FAMILY' END::party_kind, '2023-11-01'
   FROM generate_series(${families}, ${POPULATION.kinds.CIVILIAN.from - 1}) AS n`,
  `INSERT INTO entry (id, kind, description, initiator, idempotency_key, request_hash, posting_count, occurred_at)
   SELECT ${sqlId('ent', 'n')}, 'DONATION', CASE WHEN n % 4 = 0 THEN 'For the winter.' END,
     'system', 'bench-' || n, sha256(n::text::bytea), 2, ${instant('n', POPULATION.donations)}
   FROM generate_series(0, ${POPULATION.donations - 1}) AS n`,
  `INSERT INTO donation (id, entry_id, donor_id, family_id, currency, amount_minor, anonymous, donated_at)
   SELECT ${sqlId('don', 'n')}, ${sqlId('ent', 'n')}, ${sqlId('usr', 'donor')},
     ${sqlId('usr', `CASE WHEN n % ${POPULATION.donations / POPULATION.donationsOfFirst} = 0 THEN ${families} ELSE family END`)},
     'EUR', 100 + n % 10000, n % 3 = 0, ${instant('n', POPULATION.donations)}
   FROM (
     SELECT n, ${sqlSkewed('DONOR')} AS donor, ${sqlSkewed('FAMILY')} AS family
     FROM generate_series(0, ${POPULATION.donations - 1}) AS n
   ) AS given`,
  `INSERT INTO donation_total (family_id, currency, amount_minor, donation_count)
   SELECT family_id, currency, sum(amount_minor), count(*) FROM donation GROUP BY family_id, currency`,
];

const ORDERS = [
  `INSERT INTO "order" (id, buyer_id, merchant_id, currency, total_minor, units, status, placed_at)
   SELECT ${sqlId('ord', 'n')}, ${sqlId('usr', 'buyer')},
     ${sqlId('usr', `CASE WHEN n % ${POPULATION.orders / POPULATION.ordersOfFirst} = 0 THEN ${merchants} ELSE merchant END`)},
     'EUR', 2000, 4, CASE WHEN n % 50 = 1 THEN 'CANCELLED' ELSE 'FULFILLED' END::order_status,
     ${instant('n', POPULATION.orders)}
   FROM (
     SELECT n, ${sqlSkewed('CIVILIAN')} AS buyer, ${sqlSkewed('MERCHANT')} AS merchant
     FROM generate_series(0, ${POPULATION.orders - 1}) AS n
   ) AS placed`,
  `INSERT INTO merchant_sales (merchant_id, units, orders)
   SELECT merchant_id, sum(units), count(*) FROM "order" WHERE counts_as_sold(status)
   GROUP BY merchant_id`,
];

/**
 * People, whom they met, what they gave and sold, into migrated and empty databases. The postings of
 * the ledger and the lines of orders are left out: none of what is asked reads them.
 */
export async function loadTown(
  urls: Readonly<Record<'identity' | 'finance' | 'marketplace', string>>,
): Promise<void> {
  await loadInBulk(
    urls.identity,
    ['"user"', 'encounter', 'acquaintance'],
    [PEOPLE, USERS, ENCOUNTERS, ACQUAINTANCES],
  );
  await loadInBulk(urls.finance, ['party', 'entry', 'donation', 'donation_total'], DONATIONS);
  await loadInBulk(urls.marketplace, ['"order"', 'merchant_sales'], ORDERS);
}
