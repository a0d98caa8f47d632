import { createDatabase } from '@civitas/platform/database';
import { newId } from '@civitas/platform/ids';
import { recordStatements } from '@civitas/testkit';
import { fc } from '@civitas/testkit/random';
import pg from 'pg';
import { expect, test } from 'vitest';
import { PrismaClient } from '../generated/prisma/client.ts';
import { erasePerson } from '../privacy/index.ts';
import { insertPerson, type TestPerson } from '../testing/insert-person.ts';
import { sql } from '../testing/sql.ts';
import { useIdentity } from '../testing/use-identity.ts';

const identity = useIdentity();

const registerOfficer = () => insertPerson(identity.databaseUrl, 'OFFICER', { verified: true });

const registerCivilian = (acquaintance_visibility = 'PUBLIC') =>
  insertPerson(identity.databaseUrl, 'CIVILIAN', { acquaintance_visibility });

const RECORD = /* GraphQL */ `
  mutation ($input: RecordEncounterInput!) {
    recordEncounter(input: $input) {
      __typename
      ... on RecordEncounterSuccess { encounter { id kind note civilian { id } officer { id } } }
      ... on UserError { code path }
    }
  }
`;
const OFFICERS_MET = /* GraphQL */ `
  query ($id: ID!, $first: Int! = 20, $after: String) {
    user(id: $id) {
      ... on Civilian {
        officersMet(first: $first, after: $after) {
          edges { node { id } metCount firstMetAt lastMetAt }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
  }
`;
const ENCOUNTERS = /* GraphQL */ `
  query ($id: ID!) {
    user(id: $id) {
      ... on Civilian { encounters { edges { node { id note } } } }
      ... on Officer { encounters { edges { node { id note } } } }
    }
  }
`;

function meeting(civilian: TestPerson, changes: Record<string, unknown> = {}) {
  const occurredAt = new Date().toISOString();
  return { civilianId: civilian.viewer.id, kind: 'PATROL', occurredAt, ...changes };
}

async function record(
  officer: TestPerson,
  civilian: TestPerson,
  changes: Record<string, unknown> = {},
) {
  const input = meeting(civilian, changes);
  return (await identity.as(officer.viewer).run(RECORD, { input })).recordEncounter;
}

test('a recorded encounter is counted in the acquaintance of the two', async () => {
  const [officer, civilian] = [await registerOfficer(), await registerCivilian()];
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
  for (const days of [5, 1, 9]) await record(officer, civilian, { occurredAt: daysAgo(days) });
  const { user } = await identity.as().run(OFFICERS_MET, { id: civilian.viewer.id });
  expect(user.officersMet.edges).toMatchObject([{ node: { id: officer.viewer.id }, metCount: 3 }]);
  const [edge] = user.officersMet.edges;
  expect(edge.firstMetAt < daysAgo(8) && edge.lastMetAt > daysAgo(2)).toBe(true);
});

test('fifty encounters recorded at once are all counted', async () => {
  const [officer, civilian] = [await registerOfficer(), await registerCivilian()];
  await Promise.all(Array.from({ length: 50 }, () => record(officer, civilian)));
  const { user } = await identity.as().run(OFFICERS_MET, { id: civilian.viewer.id });
  expect(user.officersMet.edges[0].metCount).toBe(50);
});

test('officers met come most recent first, page by page', async () => {
  const civilian = await registerCivilian();
  const officers: string[] = [];
  for (let n = 5; n > 0; n -= 1) {
    const officer = await registerOfficer();
    await record(officer, civilian, {
      occurredAt: new Date(Date.now() - n * 60_000).toISOString(),
    });
    officers.unshift(officer.viewer.id);
  }
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const { user } = await identity
      .as()
      .run(OFFICERS_MET, { id: civilian.viewer.id, first: 2, after });
    seen.push(...user.officersMet.edges.map((edge: { node: { id: string } }) => edge.node.id));
    after = user.officersMet.pageInfo.hasNextPage ? user.officersMet.pageInfo.endCursor : null;
  } while (after !== null);
  expect(seen).toEqual(officers);
});

test('the officers met by many civilians are read in one statement', async () => {
  const officer = await registerOfficer();
  const civilians = [await registerCivilian(), await registerCivilian(), await registerCivilian()];
  for (const civilian of civilians) await record(officer, civilian);
  const query = /* GraphQL */ `
    query ($representations: [_Any!]!) {
      _entities(representations: $representations) {
        ... on Civilian { officersMet(first: 5) { edges { node { id } } } }
      }
    }
  `;
  const representations = civilians.map(({ viewer }) => ({
    __typename: 'Civilian',
    id: viewer.id,
  }));
  let entities: { officersMet: { edges: unknown[] } }[] = [];
  const statements = await recordStatements(async () => {
    entities = (await identity.as().run(query, { representations }))._entities;
  });
  expect(entities.map(({ officersMet }) => officersMet.edges)).toEqual(
    civilians.map(() => [{ node: { id: officer.viewer.id } }]),
  );
  expect(statements.filter((text) => text.includes('FROM acquaintance'))).toHaveLength(1);
  // The civilians, their pages, and the officers on them.
  expect(statements).toHaveLength(3);
});

test('what a civilian keeps private is for them and for oversight', async () => {
  const [officer, civilian] = [await registerOfficer(), await registerCivilian('PRIVATE')];
  await record(officer, civilian);
  const id = civilian.viewer.id;
  const { data, errors } = await identity.as().execute(OFFICERS_MET, { id });
  expect(data).toEqual({ user: { officersMet: null } });
  expect(errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
  expect(await identity.as(officer.viewer).codes(OFFICERS_MET, { id })).toEqual(['FORBIDDEN']);
  expect(await identity.as(civilian.viewer).codes(OFFICERS_MET, { id })).toEqual([]);
  const moderator = { ...officer.viewer, roles: ['MODERATOR'] };
  expect(await identity.as(moderator).codes(OFFICERS_MET, { id })).toEqual([]);
});

test('single encounters are for the civilian, the officer concerned and oversight', async () => {
  const [officer, other, civilian] = [
    await registerOfficer(),
    await registerOfficer(),
    await registerCivilian(),
  ];
  const { encounter } = await record(officer, civilian, { note: 'private' });
  for (const [viewer, person, codes] of [
    [civilian.viewer, civilian, []],
    [officer.viewer, civilian, ['FORBIDDEN']],
    [officer.viewer, officer, []],
    [other.viewer, officer, ['FORBIDDEN']],
    [undefined, civilian, ['FORBIDDEN']],
    [{ ...other.viewer, roles: ['ADMINISTRATOR'] }, civilian, []],
  ] as const) {
    const result = await identity.as(viewer).execute(ENCOUNTERS, { id: person.viewer.id });
    expect((result.errors ?? []).map(({ extensions }) => extensions?.['code'])).toEqual(codes);
    const shown = result.data.user.encounters?.edges ?? [];
    expect(shown).toEqual(
      codes.length > 0 ? [] : [{ node: { id: encounter.id, note: 'private' } }],
    );
  }
});

test('only officers record, and only meetings with civilians', async () => {
  const [officer, civilian] = [await registerOfficer(), await registerCivilian()];
  expect(await identity.as().codes(RECORD, { input: meeting(civilian) })).toEqual([
    'UNAUTHENTICATED',
  ]);
  expect(await identity.as(civilian.viewer).codes(RECORD, { input: meeting(civilian) })).toEqual([
    'FORBIDDEN',
  ]);
  expect((await record(officer, officer)).code).toBe('CIVILIAN_NOT_FOUND');
  expect((await record(officer, civilian, { civilianId: newId('usr') })).code).toBe(
    'CIVILIAN_NOT_FOUND',
  );
});

test.each([
  ['a malformed id', { civilianId: 'NOT_A_VALID_ID' }, 'civilianId'],
  [
    'a meeting in the future',
    { occurredAt: new Date(Date.now() + 3_600_000).toISOString() },
    'occurredAt',
  ],
  ['a meeting long ago', { occurredAt: '2001-01-01T00:00:00Z' }, 'occurredAt'],
  ['control characters in the note', { note: 'a\u0007b' }, 'note'],
  ['a note that is too long', { note: 'x'.repeat(2001) }, 'note'],
])('%s is refused and nothing is recorded', async (_, changes, field) => {
  const [officer, civilian] = [await registerOfficer(), await registerCivilian()];
  const refused = await record(officer, civilian, changes);
  expect(refused).toEqual({
    __typename: 'InvalidInput',
    code: 'INVALID_INPUT',
    path: ['input', field],
  });
  const { user } = await identity.as().run(OFFICERS_MET, { id: civilian.viewer.id });
  expect(user.officersMet.edges).toEqual([]);
});

test('the database refuses to change an encounter and to hold one of the wrong kinds', async () => {
  const [officer, civilian] = [await registerOfficer(), await registerCivilian()];
  const { encounter } = await record(officer, civilian);
  const client = new pg.Client({ connectionString: identity.databaseUrl });
  await client.connect();
  const { id } = encounter;
  await expect(client.query("UPDATE encounter SET note = 'x' WHERE id = $1", [id])).rejects.toThrow(
    /append-only/,
  );
  await expect(client.query('DELETE FROM encounter WHERE id = $1', [id])).rejects.toThrow(
    /append-only/,
  );
  await expect(
    client.query(
      "INSERT INTO encounter (id, civilian_id, officer_id, kind, occurred_at) VALUES ('e', $1, $2, 'PATROL', now())",
      [officer.viewer.id, civilian.viewer.id],
    ),
  ).rejects.toThrow(/foreign key/);
  await client.end();
});

const DISPUTE = /* GraphQL */ `
  mutation ($input: DisputeEncounterInput!) {
    disputeEncounter(input: $input) { __typename }
  }
`;

/** Everything at once that may happen to meetings of two civilians with two officers. */
const happenings = fc.array(
  fc.record({
    what: fc.constantFrom('record', 'record', 'record', 'dispute', 'erase', 'unverify' as const),
    civilian: fc.nat(1),
    officer: fc.nat(1),
    minutesAgo: fc.integer({ min: 1, max: 50 }),
  }),
  { minLength: 4, maxLength: 10 },
);

test('whatever happens at once, acquaintances say what encounters say, and of who left no word stays', async () => {
  const url = identity.databaseUrl;
  const db = createDatabase({ url, createClient: (adapter) => new PrismaClient({ adapter }) });
  const officers = [await registerOfficer(), await registerOfficer()] as const;
  const erase = (id: string) => db.inTransaction((tx) => erasePerson(tx, id, new Date()));
  const run = async (
    events: readonly { what: string; civilian: number; officer: number; minutesAgo: number }[],
  ) => {
    const civilians = [await registerCivilian(), await registerCivilian()] as const;
    await sql(url, `UPDATE "user" SET verified = true WHERE kind = 'OFFICER'`);
    const known = await Promise.all(
      civilians.map((each) => record(officers[0], each, { note: 'Before' })),
    );
    const ids = [...civilians, ...officers].map(({ viewer }) => viewer.id);
    await Promise.all(
      events.map(async ({ what, civilian, officer, minutesAgo }) => {
        const [met, by] = [civilians[civilian] ?? civilians[0], officers[officer] ?? officers[0]];
        const occurredAt = new Date(Date.now() - minutesAgo * 60_000).toISOString();
        if (what === 'record') return record(by, met, { occurredAt, note: 'Words' });
        if (what === 'erase') return erase(met.viewer.id);
        if (what === 'unverify') {
          return sql(url, 'UPDATE "user" SET verified = false WHERE id = $1', [by.viewer.id]);
        }
        const input = { encounterId: known[civilian].encounter.id, statement: 'Words' };
        return identity.as(met.viewer).execute(DISPUTE, { input });
      }),
    );
    const differences = await sql(
      url,
      `SELECT * FROM (
         SELECT civilian_id, officer_id, count(*)::int AS met_count,
           min(occurred_at) AS first_met_at, max(occurred_at) AS last_met_at
         FROM encounter WHERE civilian_id = ANY ($1) GROUP BY 1, 2
       ) AS counted FULL JOIN (SELECT * FROM acquaintance WHERE civilian_id = ANY ($1)) AS stated
         USING (civilian_id, officer_id)
       WHERE (counted.met_count, counted.first_met_at, counted.last_met_at)
         IS DISTINCT FROM (stated.met_count, stated.first_met_at, stated.last_met_at)`,
      [ids],
    );
    expect(differences).toEqual([]);
    const erased = civilians.filter((_, nth) =>
      events.some(({ what, civilian }) => what === 'erase' && civilian === nth),
    );
    const words = await sql(
      url,
      `SELECT note FROM encounter WHERE civilian_id = ANY ($1) AND note IS NOT NULL`,
      [erased.map(({ viewer }) => viewer.id)],
    );
    expect(words).toEqual([]);
    // What was disputed with the last access token goes with the second pass.
    for (const { viewer } of erased) await erase(viewer.id);
    const statements = await sql(
      url,
      `SELECT statement FROM encounter_dispute JOIN encounter ON encounter.id = encounter_id
       WHERE civilian_id = ANY ($1) AND statement <> '—'`,
      [erased.map(({ viewer }) => viewer.id)],
    );
    expect(statements).toEqual([]);
  };
  await fc.assert(fc.asyncProperty(happenings, run), { numRuns: 5 }).finally(() => db.close());
}, 60_000);
