import type { UserViewer } from '@civitas/platform/subgraph';
import { createTestClient, userViewer } from '@civitas/testkit';
import { getNamedType, isUnionType } from 'graphql';
import { beforeAll, expect, test } from 'vitest';
import { type SubgraphName, subgraphNames } from '../src/subgraph-names.ts';
import { openDatabases, type TestDatabases } from './set-up/open-databases.ts';
import { type OpenSubgraphs, openSubgraphs } from './set-up/open-subgraphs.ts';
import { aliasOf, answeredIn, reachableTypes, selectionOf } from './walk/generate-selection.ts';
import { isPage, PRIVATE_FIELDS, PUBLIC_FIELDS, SIGNED_IN_FIELDS } from './walk/who-reads-what.ts';

// Everybody's objects, by every id, through every field of every subgraph that takes one and through
// `_entities` with every key, as somebody whom none of it concerns. Called on the subgraphs
// themselves, so that nothing rests on the gateway's directives alone.

/** Entrances to what the demo town has nothing of; the ids of the others are asserted to be there. */
const WITHOUT_DEMO = new Set([
  'certificate',
  'registeredOperation',
  'subjectVersion',
  'topicRevision',
]);

/** Rows of each table whose ids are walked. */
const SAMPLE = 6;

let databases: TestDatabases;
let subgraphs: OpenSubgraphs['subgraphs'];
/** By prefix. */
const ids = new Map<string, string[]>();
const sql: TestDatabases['sql'] = (...statement) => databases.sql(...statement);

beforeAll(async () => {
  databases = await openDatabases({ demo: true });
  const opened = await openSubgraphs(databases.urls);
  subgraphs = opened.subgraphs;
  for (const name of subgraphNames) await sampleIds(name);
  // Some whose private data the last tests look for.
  const [met] = await sql('identity', 'SELECT civilian_id AS id FROM encounter LIMIT 1');
  const [sold] = await sql('marketplace', 'SELECT merchant_id AS id FROM "order" LIMIT 1');
  ids.set('usr', [...(ids.get('usr') ?? []), met.id, sold.id]);
  return async () => {
    await opened.stop();
    await databases.drop();
  };
}, 180_000);

async function sampleIds(name: SubgraphName): Promise<void> {
  const columns = await sql(
    name,
    `SELECT table_name AS "table" FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name = 'id' AND data_type = 'text'
       AND table_name NOT IN ('outbox', 'parked_event')`,
  );
  for (const { table } of columns) {
    // Of each kind of a thing some: private and public subjects, people of all kinds.
    const rows = await sql(
      name,
      `SELECT id FROM (
         SELECT id, row_number() OVER (PARTITION BY ${partitionOf(table)} ORDER BY md5(id)) AS place
         FROM "${table}"
       ) AS t WHERE place <= ${SAMPLE}`,
    );
    for (const { id } of rows) {
      const prefix = String(id).split('_')[0] ?? '';
      ids.set(prefix, [...(ids.get(prefix) ?? []), id]);
    }
  }
}

function partitionOf(table: string): string {
  if (table === 'user') return 'kind, acquaintance_visibility';
  if (table === 'subject') return 'visibility';
  return '1';
}

interface Entrance {
  readonly query: string;
  readonly variables: { readonly id: string } | { readonly of: readonly object[] };
}

/** Every entrance to an object of a subgraph: root fields that take an id, and `_entities`. */
async function* entrances(
  name: SubgraphName,
  wanted: (id: string) => boolean,
): AsyncGenerator<Entrance> {
  const { schema } = subgraphs[name];
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const byId = field.args.find((each) => getNamedType(each.type).name === 'ID');
    if (!byId) continue;
    const inner = selectionOf(schema, getNamedType(field.type).name);
    // What is looked for among the objects of this id: a word that every text has.
    const words = field.args
      .filter(({ type }) => String(type) === 'String!')
      .map(({ name: argument }) => `${argument}: "the"`);
    const query = `query ($id: ID!) {
      ${aliasOf('Query', field.name)}: ${field.name}(${[...words, `${byId.name}: $id`].join(', ')}) { ${inner} } }`;
    // What kind of id it takes, the refusal of another one says.
    const { errors } = await as(name, userViewer()).execute(query, { id: 'x' });
    const prefix = String(errors?.[0]?.extensions?.['expectedPrefix']);
    expect(ids.has(prefix) || WITHOUT_DEMO.has(field.name), `there are ids for ${field.name}`).toBe(
      true,
    );
    for (const id of ids.get(prefix)?.filter(wanted) ?? []) yield { query, variables: { id } };
  }
  const entities = schema.getType('_Entity');
  for (const type of isUnionType(entities) ? entities.getTypes() : []) {
    const query = `query ($of: [_Any!]!) {
      _entities(representations: $of) { ... on ${type.name} { ${selectionOf(schema, type.name)} } } }`;
    // One that is of another kind is null, or an error in its place.
    const every = [...ids.values()].flat().filter(wanted);
    yield { query, variables: { of: every.map((id) => ({ __typename: type.name, id })) } };
  }
}

const as = (name: SubgraphName, viewer?: UserViewer) => createTestClient(subgraphs[name], viewer);

/** All coordinates a viewer gets a value for. */
async function walk(
  name: SubgraphName,
  viewer: UserViewer | undefined,
  wanted: (id: string) => boolean = () => true,
): Promise<string[]> {
  const found = new Set<string>();
  for await (const { query, variables } of entrances(name, wanted)) {
    const { data, errors = [] } = await as(name, viewer).execute(query, variables);
    const refused = errors.filter(
      ({ extensions }) => extensions?.['code'] === 'GRAPHQL_VALIDATION_FAILED',
    );
    expect({ query, refused }).toEqual({ query, refused: [] });
    answeredIn(data, found);
  }
  return [...found];
}

/** Somebody of a kind who has nothing to do with anybody. */
async function stranger(kind: 'CIVILIAN' | 'OFFICER', roles: string[] = []): Promise<UserViewer> {
  const viewer = userViewer({ kind, roles });
  const badge = kind === 'OFFICER' ? viewer.id.slice(-18) : null;
  await sql(
    'identity',
    `INSERT INTO "user" (id, kind, handle, display_name, joined_at, roles, badge_number, department)
     VALUES ($1, $2, $3, 'Passer-by', now(), $4, $5, $5)`,
    [viewer.id, kind, `p${viewer.id.slice(-18)}`, roles, badge],
  );
  return viewer;
}

test.each(subgraphNames)(
  '%s answers nothing private to anybody whom it does not concern',
  async (name) => {
    const answered = await walk(name, undefined);
    const hidden = PRIVATE_FIELDS.union(SIGNED_IN_FIELDS);
    expect(answered.filter((each) => hidden.has(each))).toEqual([]);
    const strangers = [
      await stranger('CIVILIAN'),
      await stranger('OFFICER'),
      await stranger('CIVILIAN', ['SUPPORT']),
    ];
    for (const viewer of strangers) {
      const seen = await walk(name, viewer);
      expect(seen.length).toBeGreaterThanOrEqual(answered.length);
      const who = `to a ${viewer.kind} with ${viewer.roles.join() || 'no roles'}`;
      const wronglySeen = seen.filter((each) => PRIVATE_FIELDS.has(each));
      expect({ who, wronglySeen }).toEqual({ who, wronglySeen: [] });
    }
  },
  120_000,
);

test('a private subject and its topics do not exist for a stranger, by any entrance', async () => {
  const rows = await sql(
    'content',
    `SELECT id FROM subject WHERE visibility = 'PRIVATE'
     UNION SELECT topic.id FROM topic JOIN subject ON subject.id = subject_id WHERE visibility = 'PRIVATE'`,
  );
  const secret = new Set(rows.map(({ id }) => String(id)));
  const walked = [...ids.values()].flat().filter((id) => secret.has(id));
  expect(walked.length).toBeGreaterThan(0);
  const seen = await walk('content', await stranger('CIVILIAN'), (id) => secret.has(id));
  // A search finds nothing in it: an empty page, as for a subject that is not there.
  const known = seen.filter((each) => each !== 'Query.search' && !isPage(each.split('.')[0] ?? ''));
  expect(known).toEqual([]);
});

test('what is private is answered to those whom it concerns, so the walk would have seen it', async () => {
  const [{ civilian_id: civilian }] = await sql(
    'identity',
    'SELECT civilian_id FROM encounter LIMIT 1',
  );
  const [{ merchant_id: merchant }] = await sql(
    'marketplace',
    'SELECT merchant_id FROM "order" LIMIT 1',
  );
  const person = userViewer({ id: civilian, kind: 'CIVILIAN' });
  const shop = userViewer({ id: merchant, kind: 'MERCHANT' });
  const mine = new Set<string>([civilian, merchant]);
  const seen = [
    ...(await walk('identity', person, (id) => mine.has(id))),
    ...(await walk('finance', person, (id) => mine.has(id))),
    ...(await walk('marketplace', shop, (id) => mine.has(id))),
  ];
  for (const each of [
    'Civilian.encounters',
    'Encounter.occurredAt',
    'Civilian.email',
    'User.wallets',
    'Wallet.balance',
    'User.sales',
    'Order.total',
  ]) {
    expect(seen).toContain(each);
  }
}, 60_000);

test('every field that queries and entities lead to says who may read it', () => {
  const unknown = new Set<string>();
  for (const name of subgraphNames) {
    for (const type of reachableTypes(subgraphs[name].schema)) {
      if (isPage(type.name)) continue;
      for (const field of Object.keys(type.getFields())) {
        const coordinate = `${type.name}.${field}`;
        const known = [PUBLIC_FIELDS, SIGNED_IN_FIELDS, PRIVATE_FIELDS];
        if (!known.some((some) => some.has(coordinate))) unknown.add(coordinate);
      }
    }
  }
  expect([...unknown].sort()).toEqual([]);
});
