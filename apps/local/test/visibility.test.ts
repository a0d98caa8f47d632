import { newId } from '@civitas/platform/ids';
import type { UserKind, UserViewer } from '@civitas/platform/subgraph';
import { createTestClient, userViewer } from '@civitas/testkit';
import type { GraphQLObjectType } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { openDatabases, type TestDatabases } from './set-up/open-databases.ts';
import { type OpenSubgraphs, openSubgraphs } from './set-up/open-subgraphs.ts';
import { openGateway } from './walk/open-gateway.ts';

// Who reads which field of a profile: every field × every viewer × whatever its owner says × every way
// to it. The fields are those of the schema; one that the table does not have fails the test. The one way
// beside the graph, the export of what somebody's account holds, is in personal-data.test.ts.

const LEVELS = ['PUBLIC', 'SIGNED_IN', 'ONLY_ME'] as const;
type Level = (typeof LEVELS)[number];
const KINDS = {
  CIVILIAN: 'Civilian',
  MERCHANT: 'Merchant',
  OFFICER: 'Officer',
  FAMILY: 'Family',
  DONOR: 'Donor',
} as const;

/** What a viewer is to somebody, as identity knows them. */
interface Who {
  readonly isSignedIn: boolean;
  readonly isSelf: boolean;
  readonly isOversight: boolean;
}

type Rule = (who: Who, level: Level) => boolean;

const everybody: Rule = () => true;
const asTheOwnerSays: Rule = ({ isSignedIn, isSelf }, level) =>
  level === 'PUBLIC' || (level === 'SIGNED_IN' && isSignedIn) || isSelf;
/** Public or not: what is not for everybody is for oversight beside its owner. */
const acquaintances: Rule = ({ isSelf, isOversight }, level) =>
  level === 'PUBLIC' || isSelf || isOversight;
const ownerAndOversight: Rule = ({ isSelf, isOversight }) => isSelf || isOversight;

/** The table. */
const COMMON = {
  ...{ id: everybody, displayName: everybody, handle: everybody, joinedAt: everybody },
  ...{
    bio: asTheOwnerSays,
    location: asTheOwnerSays,
    email: asTheOwnerSays,
    avatar: asTheOwnerSays,
  },
};
const READERS: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  Civilian: { ...COMMON, officersMet: acquaintances, encounters: ownerAndOversight },
  Merchant: { ...COMMON, tradeName: everybody, category: everybody, verified: everybody },
  Officer: {
    ...COMMON,
    badgeNumber: everybody,
    department: everybody,
    verified: everybody,
    encounters: ownerAndOversight,
  },
  Family: {
    ...COMMON,
    needsStatement: everybody,
    householdSize: everybody,
    verified: everybody,
    address: asTheOwnerSays,
  },
  Donor: { ...COMMON, donorType: everybody, anonymousByDefault: everybody },
};

const COLUMNS: Readonly<Record<UserKind, object>> = {
  CIVILIAN: {},
  MERCHANT: { trade_name: 'Bread', merchant_category: 'Food' },
  OFFICER: { department: 'Harbour', verified: true },
  FAMILY: { needs_statement: 'A desk.', household_size: 3, address: 'A street' },
  DONOR: { donor_type: 'PERSON', anonymous_by_default: true },
};

let databases: TestDatabases;
let subgraphs: OpenSubgraphs['subgraphs'];
let gateway: Awaited<ReturnType<typeof openGateway>>;
let others: Seen[];

beforeAll(async () => {
  databases = await openDatabases({ demo: false });
  const opened = await openSubgraphs(databases.urls);
  subgraphs = opened.subgraphs;
  gateway = await openGateway(subgraphs);
  others = await strangers();
  return async () => {
    await gateway.stop();
    await opened.stop();
    await databases.drop();
  };
}, 60_000);

interface Person {
  readonly viewer: UserViewer;
  readonly handle: string;
}

async function person(kind: UserKind, columns: object = {}): Promise<Person> {
  const viewer = userViewer({ kind });
  const { id } = viewer;
  const handle = `v${id.slice(-18)}`;
  const row: Record<string, unknown> = {
    ...{ id, kind, handle, display_name: 'Somebody', joined_at: new Date() },
    ...{ bio: 'A bio', location: 'A town', ...COLUMNS[kind], ...columns },
    ...(kind === 'OFFICER' && { badge_number: handle.toUpperCase() }),
  };
  const names = Object.keys(row);
  await databases.sql(
    'identity',
    `INSERT INTO "user" (${names.join()}) VALUES (${names.map((_, index) => `$${index + 1}`).join()})`,
    Object.values(row),
  );
  await databases.sql(
    'identity',
    `WITH picture AS (
       INSERT INTO avatar SELECT $1, repeat('a', 64), repeat('b', 64), repeat('c', 64), now())
     INSERT INTO account (user_id, email, email_verified_at, password_hash, created_at)
     VALUES ($1, $1 || '@example.org', now(), 'none', now())`,
    [id],
  );
  return { viewer, handle };
}

const staff = async (role: string) => {
  const { viewer } = await person('CIVILIAN', { roles: [role] });
  return { ...viewer, roles: [role], policies: [role.toLowerCase()] };
};

const NOBODY: Who = { isSignedIn: false, isSelf: false, isOversight: false };
const SOMEBODY: Who = { ...NOBODY, isSignedIn: true };
const SELF: Who = { ...SOMEBODY, isSelf: true };
const OVERSIGHT: Who = { ...SOMEBODY, isOversight: true };

const key = (viewer: UserViewer, scopes: string[]): UserViewer => ({
  ...{ ...viewer, apiKeyId: newId('key'), scopes },
});

/** A viewer, and what they are to somebody where identity sees who asks. */
type Seen = readonly [name: string, viewer: UserViewer | undefined, who: Who];

/** Those to whom everybody else is a stranger. */
async function strangers(): Promise<Seen[]> {
  const { viewer } = await person('DONOR');
  return [
    ['nobody', undefined, NOBODY],
    ['a stranger', viewer, SOMEBODY],
    ['a moderator', await staff('MODERATOR'), OVERSIGHT],
    ['an administrator', await staff('ADMINISTRATOR'), OVERSIGHT],
    ['support', await staff('SUPPORT'), SOMEBODY],
    ["a stranger's key for identity", key(viewer, ['identity:read']), SOMEBODY],
    ["a stranger's key for another domain", key(viewer, ['marketplace:read']), NOBODY],
  ];
}

const concerned = (owner: Person, met: Person): Seen[] => [
  ['the person', owner.viewer, SELF],
  ['whom they have met', met.viewer, SOMEBODY],
  ["the person's key for identity", key(owner.viewer, ['identity:read']), SELF],
  ["the person's key for another domain", key(owner.viewer, ['finance:read']), NOBODY],
];

const selection = (type: string) =>
  Object.keys(READERS[type] ?? {})
    .map((field) => {
      if (field === 'officersMet') return 'officersMet { edges { metCount } }';
      if (field === 'encounters') return 'encounters { edges { node { kind } } }';
      return field;
    })
    .join(' ');

/** Every way to somebody that the gateway knows, the join from another subgraph among them. */
const WAYS = (type: string) => /* GraphQL */ `
  query ($id: ID!, $handle: String!, $kind: UserKind!, $civilian: ID!, $encounter: ID!, $community: ID!) {
    user(id: $id) { ...Fields }
    userByHandle(handle: $handle) { ...Fields }
    searchPeople(query: $handle) { edges { node { ...Fields } } }
    users(kind: $kind, first: 3) { edges { node { ...Fields } } }
    met: user(id: $civilian) { ... on Civilian { officersMet { edges { node { ${type === 'Officer' ? '...Fields' : 'id'} } } } } }
    encounter(id: $encounter) {
      civilian { ${type === 'Civilian' ? '...Fields' : 'id'} }
      officer { ${type === 'Officer' ? '...Fields' : 'id'} }
    }
    community(id: $community) { founder { ... on ${type} { ...Fields } } }
  }
  fragment Fields on ${type} { __typename ${selection(type)} }
`;
const ENTITIES = (type: string) => /* GraphQL */ `
  query ($of: [_Any!]!) { _entities(representations: $of) { ... on ${type} { __typename ${selection(type)} } } }
`;

/** Every object of this type and id in an answer, wherever it is. */
function found(answer: unknown, type: string, id: string, into: Record<string, unknown>[] = []) {
  if (typeof answer !== 'object' || answer === null) return into;
  const record = answer as Record<string, unknown>;
  if (record['__typename'] === type && record['id'] === id) into.push(record);
  else for (const each of Object.values(record)) found(each, type, id, into);
  return into;
}

/** By reference, as a subgraph is asked without the gateway. */
async function referred(type: string, id: string, viewer: UserViewer) {
  const of = ['User', type].map((__typename) => ({ __typename, id }));
  const identity = createTestClient(subgraphs.identity, viewer);
  const { data } = await identity.execute(ENTITIES(type), { of });
  return data._entities as Record<string, unknown>[];
}

test('the table has the fields of the schema, and each column of a level has its field', async () => {
  for (const type of Object.values(KINDS)) {
    const { schema } = subgraphs.identity;
    const fields = Object.keys((schema.getType(type) as GraphQLObjectType).getFields());
    expect([type, fields.toSorted()]).toEqual([type, Object.keys(READERS[type] ?? {}).toSorted()]);
  }
  const columns = await databases.sql(
    'identity',
    `SELECT column_name FROM information_schema.columns WHERE udt_name = 'field_visibility'`,
  );
  const decided = columns.map(({ column_name }) => column_name.replace('_visibility', ''));
  const rules = Object.values(READERS).flatMap((of) => Object.entries(of));
  const stated = rules.filter(([, rule]) => rule === asTheOwnerSays).map(([field]) => field);
  expect(new Set(decided)).toEqual(new Set(stated));
});

describe.each(Object.entries(KINDS) as [UserKind, string][])('of a %s', (kind, type) => {
  test.each(LEVELS)(
    'each field is read by those it is for, by every way, when it is %s',
    async (level) => {
      const columns = {
        ...{ bio_visibility: level, location_visibility: level, email_visibility: level },
        ...{ address_visibility: level, avatar_visibility: level },
        acquaintance_visibility: level === 'PUBLIC' ? 'PUBLIC' : 'PRIVATE',
      };
      const owner = await person(kind, columns);
      const related = await person(kind === 'OFFICER' ? 'CIVILIAN' : 'OFFICER', {
        acquaintance_visibility: 'PUBLIC',
      });
      const [civilian, officer] = kind === 'OFFICER' ? [related, owner] : [owner, related];
      let encounter = newId('enc');
      if (kind === 'CIVILIAN' || kind === 'OFFICER') {
        const { recordEncounter } = await createTestClient(subgraphs.identity, officer.viewer).run(
          `mutation ($input: RecordEncounterInput!) { recordEncounter(input: $input) {
           ... on RecordEncounterSuccess { encounter { id } } } }`,
          { input: { civilianId: civilian.viewer.id, kind: 'PATROL', occurredAt: new Date() } },
        );
        encounter = recordEncounter.encounter.id;
      }
      const { createCommunity } = await createTestClient(subgraphs.communities, owner.viewer).run(
        `mutation ($input: CreateCommunityInput!) { createCommunity(input: $input) {
         ... on CreateCommunitySuccess { community { id } } } }`,
        { input: { name: 'A place', slug: owner.handle } },
      );
      const { id } = owner.viewer;
      const variables = {
        ...{ id, kind, encounter, handle: owner.handle, community: createCommunity.community.id },
        civilian: civilian.viewer.id,
      };
      for (const [name, viewer, who] of [...concerned(owner, related), ...others]) {
        const { result } = await gateway.execute({ query: WAYS(type), variables, viewer });
        const codes = new Set(result.errors?.map(({ extensions }) => extensions?.['code']));
        expect(codes.difference(new Set(['FORBIDDEN', 'UNAUTHENTICATED']))).toEqual(new Set());
        const readings = found(result.data, type, id);
        // Keys are for the gateway to narrow.
        const isDirect = viewer !== undefined && viewer.scopes.length === 0;
        if (isDirect) readings.push(...(await referred(type, id, viewer)));
        // Five ways lead to everybody; by an encounter and its list only those it concerns.
        const fewest = 5 + (kind === 'OFFICER' ? 1 : 0) + (isDirect ? 2 : 0);
        expect([name, readings.length >= fewest]).toEqual([name, true]);
        for (const reading of readings) {
          const read = Object.keys(READERS[type] ?? {}).filter((field) => reading[field] !== null);
          const may = Object.entries(READERS[type] ?? {}).filter(([, rule]) => rule(who, level));
          expect([name, read]).toEqual([name, may.map(([field]) => field)]);
        }
      }
    },
    60_000,
  );
});
