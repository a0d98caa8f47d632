import type { ObjectStore } from '@civitas/platform/objects';
import { hash } from '@node-rs/argon2';
import type { ClientBase } from 'pg';
import { insertRows } from './insert-rows.ts';
import { loadPartners } from './partners.ts';
import { portrait, storePicture } from './pictures.ts';
import type { Random } from './random.ts';
import { tradeOf } from './trades.ts';
import type { Person, World } from './world.ts';

/** Every demo account has this password, and a fixed salt, so that the data is reproducible. */
export const DEMO_PASSWORD = 'civitas demo password';

const HASH_PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const DEPARTMENTS = ['Harbour', 'North district', 'Old town', 'South district', 'Traffic', 'Youth'];
const CLAIMS = [
  'The register of trade has us; the number is on our window.',
  'My superior can be asked, at the number of the department.',
  'The school and our doctor know how we live.',
];
const NEEDS = [
  'Winter clothes for the children and help with the heating bill.',
  'A second-hand washing machine; ours broke in spring.',
  'School books and a desk for our eldest.',
  'Help with groceries until the new job starts.',
  'Medicine that the insurance does not cover.',
];
const NOTES = [
  'Gave directions to the town hall.',
  'Helped with a flat tyre.',
  'Took a statement about a lost purse.',
  'Routine inspection, nothing found.',
  'Reminded about the new parking rules.',
];
const ENCOUNTER_KINDS = [
  'ASSISTANCE',
  'INSPECTION',
  'INTERVIEW',
  'PATROL',
  'TRAFFIC_STOP',
] as const;

/** The e-mail address a demo person signs in with. */
export function demoEmail(person: Person): string {
  return `${person.handle}@demo.civitas.example`;
}

/** Everybody's profile and account, and who met whom. */
export async function loadIdentity(
  client: ClientBase,
  world: World,
  objects: ObjectStore | null = null,
): Promise<void> {
  const random = world.randomFor('identity');
  await loadUsers(client, world, random);
  await loadAccounts(client, world);
  await loadVerificationRequests(client, random);
  await loadEncounters(client, world, random);
  await loadPartners(client, world);
  if (objects) await loadAvatars(client, world, objects);
}

/** The two whom the examples show have pictures of themselves. */
async function loadAvatars(client: ClientBase, world: World, objects: ObjectStore): Promise<void> {
  for (const kind of ['civilian', 'merchant'] as const) {
    const [person] = world.ofKind(kind === 'civilian' ? 'CIVILIAN' : 'MERCHANT');
    const sizes = portrait(kind);
    for (const picture of Object.values(sizes)) await storePicture(objects, 'avatar', picture);
    const { small, medium, large } = sizes;
    await client.query(
      'INSERT INTO avatar (user_id, small, medium, large, created_at) VALUES ($1, $2, $3, $4, $5)',
      [person?.id, small.sha256, medium.sha256, large.sha256, person?.joinedAt],
    );
  }
}

async function loadUsers(client: ClientBase, world: World, random: Random): Promise<void> {
  const columns = {
    id: 'text',
    kind: 'user_kind',
    handle: 'text',
    display_name: 'text',
    bio: 'text',
    location: 'text',
    address: 'text',
    joined_at: 'timestamptz',
    acquaintance_visibility: 'profile_visibility',
    verified: 'boolean',
    trade_name: 'text',
    merchant_category: 'text',
    badge_number: 'text',
    department: 'text',
    needs_statement: 'text',
    household_size: 'int',
    donor_type: 'donor_type',
    anonymous_by_default: 'boolean',
  };
  const rows = world.people.values().map((person, index) => ({
    id: person.id,
    kind: person.kind,
    handle: person.handle,
    display_name: person.displayName,
    bio: random.chance(0.4) ? random.faker.person.bio() : null,
    location: random.chance(0.6) ? random.pick(DEPARTMENTS.slice(0, 4)) : null,
    address: person.kind === 'FAMILY' ? random.faker.location.streetAddress() : null,
    joined_at: person.joinedAt,
    // The first civilian is the one the examples show.
    acquaintance_visibility: index === 0 || random.chance(0.3) ? 'PUBLIC' : 'PRIVATE',
    verified: person.kind !== 'CIVILIAN' && random.chance(0.8),
    trade_name: person.kind === 'MERCHANT' ? person.displayName : null,
    merchant_category: person.kind === 'MERCHANT' ? tradeOf(person) : null,
    badge_number: person.kind === 'OFFICER' ? `CV-${String(index).padStart(6, '0')}` : null,
    department: person.kind === 'OFFICER' ? random.pick(DEPARTMENTS) : null,
    needs_statement: person.kind === 'FAMILY' ? random.pick(NEEDS) : null,
    household_size: person.kind === 'FAMILY' ? random.int(2, 7) : null,
    donor_type: donorTypeOf(person),
    anonymous_by_default: person.kind === 'DONOR' ? random.chance(0.3) : null,
  }));
  await insertRows(client, 'user', columns, rows);
  await client.query('UPDATE "user" SET roles = $2 WHERE id = $1', [
    world.ofKind('CIVILIAN')[1]?.id,
    ['ADMINISTRATOR'],
  ]);
}

/** Of those who are not verified, some have asked to be. */
async function loadVerificationRequests(client: ClientBase, random: Random): Promise<void> {
  const { rows } = await client.query<{ id: string; kind: string; joined_at: Date }>(
    `SELECT id, kind, joined_at FROM "user"
     WHERE NOT verified AND kind IN ('MERCHANT', 'OFFICER', 'FAMILY') ORDER BY id`,
  );
  const columns = {
    id: 'text',
    user_id: 'text',
    user_kind: 'user_kind',
    evidence: 'text',
    requested_at: 'timestamptz',
  };
  const requests = rows
    .filter(() => random.chance(0.3))
    .map((person) => ({
      id: random.id('vrq', person.joined_at),
      user_id: person.id,
      user_kind: person.kind,
      evidence: random.pick(CLAIMS),
      requested_at: person.joined_at,
    }));
  await insertRows(client, 'verification_request', columns, requests);
}

function donorTypeOf({ kind, displayName }: Person): 'PERSON' | 'ORGANIZATION' | null {
  if (kind !== 'DONOR') return null;
  return displayName.endsWith('Foundation') ? 'ORGANIZATION' : 'PERSON';
}

async function loadAccounts(client: ClientBase, world: World): Promise<void> {
  const salt = Buffer.alloc(16, 'civitas-demo');
  const passwordHash = await hash(DEMO_PASSWORD, { ...HASH_PARAMETERS, salt });
  const rows = world.people.values().map((person) => ({
    user_id: person.id,
    email: demoEmail(person),
    email_verified_at: person.joinedAt,
    password_hash: passwordHash,
    created_at: person.joinedAt,
  }));
  const columns = {
    user_id: 'text',
    email: 'text',
    email_verified_at: 'timestamptz',
    password_hash: 'text',
    created_at: 'timestamptz',
  };
  await insertRows(client, 'account', columns, rows);
}

async function loadEncounters(client: ClientBase, world: World, random: Random): Promise<void> {
  const columns = {
    id: 'text',
    civilian_id: 'text',
    officer_id: 'text',
    kind: 'encounter_kind',
    note: 'text',
    latitude_hundredths: 'int2',
    longitude_hundredths: 'int2',
    occurred_at: 'timestamptz',
  };
  await insertRows(client, 'encounter', columns, encounters(world, random));
  await loadDisputes(client, random);
  await client.query(`
    INSERT INTO acquaintance (civilian_id, officer_id, met_count, first_met_at, last_met_at)
    SELECT civilian_id, officer_id, count(*), min(occurred_at), max(occurred_at)
    FROM encounter GROUP BY civilian_id, officer_id`);
}

/** A few civilians have it otherwise than the officer. */
async function loadDisputes(client: ClientBase, random: Random): Promise<void> {
  const { rows } = await client.query<{ id: string; occurred_at: Date }>(
    'SELECT id, occurred_at FROM encounter WHERE note IS NOT NULL ORDER BY id',
  );
  const columns = {
    id: 'text',
    encounter_id: 'text',
    statement: 'text',
    opened_at: 'timestamptz',
  };
  const disputes = rows
    .filter(() => random.chance(0.01))
    .map(({ id, occurred_at: at }) => ({
      id: random.id('dsp', at),
      encounter_id: id,
      statement: 'I was at work that day; it must have been somebody else.',
      opened_at: at,
    }));
  await insertRows(client, 'encounter_dispute', columns, disputes);
}

function* encounters(world: World, random: Random) {
  const officers = world.ofKind('OFFICER');
  for (const [index, civilian] of world.ofKind('CIVILIAN').entries()) {
    const count = index === 0 ? 40 : random.skewed(14);
    for (let n = 0; n < count; n += 1) {
      const officer = random.pick(officers);
      const bothJoinedAt = new Date(Math.max(+civilian.joinedAt, +officer.joinedAt));
      const at = random.instant(bothJoinedAt, world.now);
      yield {
        id: random.id('enc', at),
        civilian_id: civilian.id,
        officer_id: officer.id,
        kind: random.pick(ENCOUNTER_KINDS),
        note: random.chance(0.5) ? random.pick(NOTES) : null,
        // Within some ten kilometres of a harbour in the Baltic Sea.
        latitude_hundredths: 5438 + random.int(-5, 5),
        longitude_hundredths: 1864 + random.int(-8, 8),
        occurred_at: at,
      };
    }
  }
}
