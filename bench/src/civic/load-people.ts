import { audits } from '@civitas/identity/audits';
import type { Load } from './load.ts';
import { type Kind, POPULATION, sqlId, sqlInstant, sqlSkewed } from './population.ts';

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
  CREATE TEMP TABLE person ON COMMIT DROP AS
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
    ${sqlInstant('n', POPULATION.profiles)}, 'PUBLIC',
    CASE WHEN n % 3 = 0 THEN 'Lives by the harbour and likes ' || last || '.' END,
    CASE WHEN n % 2 = 0 THEN 'Old town' END, kind IN ('OFFICER', 'MERCHANT'),
    ${of('MERCHANT', `last || ' & Co.'`)}, ${of('MERCHANT', `'Groceries'`)},
    ${of('OFFICER', `'CV-' || n`)}, ${of('OFFICER', `'Harbour'`)},
    ${of('FAMILY', `'Winter clothes for the children.'`)}, ${of('FAMILY', '2 + n % 6')},
    ${of('DONOR', `'PERSON'::donor_type`)}, ${of('DONOR', 'n % 3 = 0')}
  FROM person`;

const MEETINGS = `
  CREATE TEMP TABLE met ON COMMIT DROP AS
  SELECT n, ${sqlSkewed('CIVILIAN')} AS civilian, ${sqlSkewed('OFFICER')} AS officer
  FROM generate_series(0, ${POPULATION.encounters - 1}) AS n`;

const ENCOUNTERS = `
  INSERT INTO encounter (id, civilian_id, officer_id, kind, note, occurred_at)
  SELECT ${sqlId('enc', 'n')}, ${sqlId('usr', 'civilian')}, ${sqlId('usr', 'officer')},
    (enum_range(NULL::encounter_kind))[1 + n % 5],
    CASE WHEN n % 2 = 0 THEN 'Gave directions to the town hall.' END,
    ${sqlInstant('n', POPULATION.encounters)}
  FROM met`;

/** Counted by numbers, which is cheaper than by ids; in the order in which people first met. */
const ACQUAINTANCES = `
  INSERT INTO acquaintance (civilian_id, officer_id, met_count, first_met_at, last_met_at)
  SELECT ${sqlId('usr', 'civilian')}, ${sqlId('usr', 'officer')}, times,
    ${sqlInstant('first', POPULATION.encounters)}, ${sqlInstant('last', POPULATION.encounters)}
  FROM (
    SELECT civilian, officer, count(*) AS times, min(n) AS first, max(n) AS last
    FROM met GROUP BY civilian, officer ORDER BY min(n)
  ) AS pair`;

/** People alone, for what asks for nothing else. */
export const PEOPLE_ALONE: Load = {
  tables: ['"user"'],
  statements: [PEOPLE, USERS],
  audits: {},
};

/** People, and whom they met. */
export const PEOPLE_AND_MEETINGS: Load = {
  tables: ['"user"', 'encounter', 'acquaintance'],
  statements: [PEOPLE, USERS, MEETINGS, ENCOUNTERS, ACQUAINTANCES],
  audits,
};
