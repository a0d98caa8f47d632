import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { newId } from '@civitas/platform/ids';
import type { UserViewer } from '@civitas/platform/subgraph';
import { createTestClient, userViewer } from '@civitas/testkit';
import { getNamedType, isUnionType } from 'graphql';
import { beforeAll, expect, test } from 'vitest';
import { type SubgraphName, subgraphNames } from '../src/subgraph-names.ts';
import { openDatabases, type TestDatabases } from './set-up/open-databases.ts';
import { type OpenSubgraphs, openSubgraphs } from './set-up/open-subgraphs.ts';
import { addWhatTheTownLacks } from './walk/add-what-the-town-lacks.ts';
import { digestDatabases } from './walk/digest-databases.ts';
import { idPathsOf, idSetsOf } from './walk/generate-input.ts';
import { aliasOf, answeredIn, reachableTypes, selectionOf } from './walk/generate-selection.ts';
import { openGateway } from './walk/open-gateway.ts';
import { everyPasser, stranger } from './walk/passers.ts';
import { sampleIds } from './walk/sample-ids.ts';
import {
  DONE,
  mutationOf,
  mutationsWithIds,
  NO_REFUSALS,
  outcomeOf,
  prefixOf,
} from './walk/try-mutation.ts';
import { subscriptionsWithIds, trySubscription } from './walk/try-subscription.ts';
import { INTERNAL, PERMITTED, PREFIX_OF } from './walk/who-does-what.ts';
import { isPage, PRIVATE_FIELDS, PUBLIC_FIELDS, SIGNED_IN_FIELDS } from './walk/who-reads-what.ts';

// Everybody's objects, by every id, through every field of every subgraph that takes one and through
// `_entities` with every key, as somebody whom none of it concerns. Called on the subgraphs
// themselves, so that nothing rests on the gateway's directives alone.

let databases: TestDatabases;
let subgraphs: OpenSubgraphs['subgraphs'];
/** By prefix. */
let ids: Map<string, string[]>;
let passers: Awaited<ReturnType<typeof everyPasser>>;
const sql: TestDatabases['sql'] = (...statement) => databases.sql(...statement);

beforeAll(async () => {
  databases = await openDatabases({ demo: true });
  // Without a store, uploads would be refused before anybody asks whose they are.
  const objects = await mkdtemp(join(tmpdir(), 'civitas-walk-'));
  const opened = await openSubgraphs(databases.urls, { objectsUrl: pathToFileURL(objects).href });
  subgraphs = opened.subgraphs;
  await addWhatTheTownLacks(databases, subgraphs);
  ids = await sampleIds(databases);
  passers = await everyPasser(databases);
  // Some whose private data the last tests look for.
  const [met] = await sql('identity', 'SELECT civilian_id AS id FROM encounter LIMIT 1');
  const [sold] = await sql('marketplace', 'SELECT merchant_id AS id FROM "order" LIMIT 1');
  ids.set('usr', [...(ids.get('usr') ?? []), met.id, sold.id]);
  return async () => {
    await opened.stop();
    await databases.drop();
    await rm(objects, { recursive: true });
  };
}, 180_000);

/** Ids of private subjects and of what is in them. */
async function privateIds(): Promise<Map<string, string[]>> {
  const rows = await sql(
    'content',
    `WITH hidden AS (SELECT id FROM subject WHERE visibility = 'PRIVATE'),
          hidden_topic AS (SELECT topic.id FROM topic JOIN hidden ON hidden.id = subject_id)
     SELECT id FROM hidden
     UNION ALL (SELECT id FROM hidden_topic LIMIT 12)
     UNION ALL SELECT id FROM topic_revision WHERE topic_id IN (SELECT id FROM hidden_topic)
     UNION ALL SELECT id FROM topic_comment WHERE topic_id IN (SELECT id FROM hidden_topic)
     UNION ALL SELECT id FROM subject_version WHERE subject_id IN (SELECT id FROM hidden)
     UNION ALL SELECT id FROM subject_share_link WHERE subject_id IN (SELECT id FROM hidden)`,
  );
  return Map.groupBy(
    rows.map(({ id }) => String(id)),
    (id) => id.split('_')[0] ?? '',
  );
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
    if (INTERNAL.has(field.name)) continue;
    expect(ids.has(prefix), `there are ids for ${field.name}`).toBe(true);
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

test.each(subgraphNames)(
  '%s answers nothing private to anybody whom it does not concern',
  async (name) => {
    const answered = await walk(name, undefined);
    const hidden = PRIVATE_FIELDS.union(SIGNED_IN_FIELDS);
    expect(answered.filter((each) => hidden.has(each))).toEqual([]);
    const strangers = [
      await stranger(databases, 'CIVILIAN'),
      await stranger(databases, 'OFFICER'),
      await stranger(databases, 'CIVILIAN', ['SUPPORT']),
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
  const seen = await walk('content', await stranger(databases, 'CIVILIAN'), (id) => secret.has(id));
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

const SAMPLES_OF_MUTATION = 2;

/** Calls a mutation with objects of others, in every way to name them. */
async function* attempts(
  name: SubgraphName,
  {
    of = ids,
    samples = SAMPLES_OF_MUTATION,
  }: { readonly of?: ReadonlyMap<string, readonly string[]>; readonly samples?: number } = {},
) {
  for (const field of mutationsWithIds(subgraphs[name].schema)) {
    for (const paths of idSetsOf(field)) {
      for (let sample = 0; sample < samples; sample += 1) {
        const idAt = (path: string) => {
          const some = of.get(prefixOf(field, path) ?? '') ?? [];
          return paths.includes(path)
            ? some[(sample * 5 + paths.indexOf(path)) % some.length]
            : undefined;
        };
        yield { mutation: field.name, ...mutationOf(field, idAt) };
      }
    }
  }
}

test('every mutation that takes an id says of what, and there are some', () => {
  const unknown = subgraphNames.flatMap((name) =>
    mutationsWithIds(subgraphs[name].schema).flatMap((field) =>
      idPathsOf(field)
        .filter(({ path }) => !ids.has(prefixOf(field, path) ?? ''))
        .map(({ path }) => `${field.name}(${path})`),
    ),
  );
  expect(unknown).toEqual([]);
  const known = subgraphNames.flatMap((name) =>
    mutationsWithIds(subgraphs[name].schema).map((field) => field.name),
  );
  expect(Object.keys(PERMITTED).filter((each) => !known.includes(each))).toEqual([]);
});

test('nobody changes what is somebody else’s, and a refusal changes nothing', async () => {
  const before = await digestDatabases(databases);
  const wrong: string[] = [];
  for (const [who, viewer] of passers) {
    for (const name of subgraphNames) {
      for await (const { mutation, query, variables } of attempts(name)) {
        if (PERMITTED[mutation]?.to.includes(who)) continue;
        const outcome = outcomeOf(await as(name, viewer).execute(query, variables));
        const refused =
          who === 'nobody' ? outcome === 'UNAUTHENTICATED' : !NO_REFUSALS.has(outcome);
        if (!refused) wrong.push(`${mutation} by ${who}: ${outcome} ${JSON.stringify(variables)}`);
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(await digestDatabases(databases)).toEqual(before);
}, 120_000);

test('what is private is for no mutation there, not even to be refused', async () => {
  const secret = await privateIds();
  const nothing = new Map(
    [...secret].map(([prefix, some]) => [prefix, some.map(() => newId(prefix))]),
  );
  const before = await digestDatabases(databases);
  for (const who of ['a civilian', 'an administrator'] as const) {
    const outcomesOf = async (of: ReadonlyMap<string, readonly string[]>) => {
      const outcomes: string[] = [];
      for await (const { mutation, query, variables } of attempts('content', {
        of: new Map([...ids, ...of]),
      })) {
        const outcome = outcomeOf(await as('content', passers.get(who)).execute(query, variables));
        outcomes.push(`${mutation}: ${outcome}`);
      }
      return outcomes;
    };
    expect(await outcomesOf(secret)).toEqual(await outcomesOf(nothing));
  }
  expect(await digestDatabases(databases)).toEqual(before);
}, 120_000);

test('what is permitted on the things of others can be done, so the walk would have seen it', async () => {
  const done = new Set<string>();
  for (const [who, viewer] of passers) {
    for (const name of subgraphNames) {
      for await (const { mutation, query, variables } of attempts(name, { samples: 12 })) {
        if (done.has(mutation) || !PERMITTED[mutation]?.to.includes(who)) continue;
        const outcome = outcomeOf(await as(name, viewer).execute(query, variables));
        if (outcome === DONE) done.add(mutation);
      }
    }
  }
  expect(Object.keys(PERMITTED).filter((each) => !done.has(each))).toEqual([]);
}, 60_000);

test('no subscription to what is private starts, nor says that it is there', async () => {
  const secret = await privateIds();
  for (const name of subgraphNames) {
    for (const field of subscriptionsWithIds(subgraphs[name])) {
      const path = idPathsOf(field)[0]?.path ?? '';
      const prefix = prefixOf(field, path) ?? '';
      const [open] = (ids.get(prefix) ?? []).filter((id) => !secret.get(prefix)?.includes(id));
      for (const [who, viewer] of passers) {
        const tried = (id?: string) => trySubscription(subgraphs[name], field, id, viewer);
        const [hidden, missing] = [
          await tried(secret.get(prefix)?.[0]),
          await tried(newId(prefix)),
        ];
        expect([field.name, who, hidden]).toEqual([field.name, who, missing]);
        expect(hidden).not.toBe('started');
        // What is public may be followed, so that the refusals are not of the operation.
        expect([field.name, who, await tried(open)]).toEqual([field.name, who, 'started']);
      }
    }
  }
}, 60_000);

test('an id within a field reaches no further than the field', async () => {
  const nested = subgraphNames.flatMap((name) =>
    reachableTypes(subgraphs[name].schema)
      .filter(({ name: type }) => type !== 'Query')
      .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
      .flatMap(({ type, field }) =>
        idPathsOf(field).map(({ path }) => `${type.name}.${field.name}(${path})`),
      ),
  );
  expect(nested).toEqual(['TopicRevision.changes(sinceId)']);
  const [{ shown, hidden, id }] = await sql(
    'content',
    `WITH revision AS (
       SELECT topic_revision.id, subject_id, author_id, visibility FROM topic_revision
       JOIN topic ON topic.id = topic_id JOIN subject ON subject.id = subject_id)
     SELECT shown.id AS shown, hidden.id AS hidden, shown.author_id AS id
     FROM revision AS shown JOIN revision AS hidden ON hidden.author_id <> shown.author_id
     WHERE shown.visibility = 'PUBLIC' AND hidden.visibility = 'PRIVATE' AND NOT EXISTS (
       SELECT FROM subject_member AS member
       WHERE member.subject_id = hidden.subject_id AND user_id = shown.author_id)
     ORDER BY 1, 2 LIMIT 1`,
  );
  const query = `query ($of: ID!, $since: ID!) {
    topicRevision(id: $of) { changes(sinceId: $since) { addedLines } } }`;
  const asked = (since: unknown) =>
    as('content', userViewer({ id })).execute(query, { of: shown, since });
  expect(await asked(shown)).toMatchObject({
    data: { topicRevision: { changes: { addedLines: 0 } } },
  });
  const refused = await asked(hidden);
  expect(refused.data.topicRevision.changes).toBeNull();
  const code = ({ errors }: typeof refused) => errors?.[0]?.extensions?.['code'];
  expect(code(refused)).toEqual(code(await asked(newId('rev'))));
});

test('through the gateway a stranger reads nothing private and changes nothing, nor does who lost a role', async () => {
  const gateway = await openGateway(subgraphs);
  const viewer = passers.get('a civilian');
  const answered = new Set<string>();
  for (const field of Object.values(gateway.schema.getQueryType()?.getFields() ?? {})) {
    const path = idPathsOf(field)[0]?.path ?? '';
    if (path === '' || field.name === 'search') continue;
    const type = getNamedType(field.type).name;
    const query = `query ($id: ID!) { walk: ${field.name}(id: $id) { ${selectionOf(gateway.schema, type, 4)} } }`;
    const prefix = PREFIX_OF[`${field.name}.id`] ?? '';
    for (const id of ids.get(prefix)?.slice(0, 5) ?? []) {
      const { result } = await gateway.execute({ query, variables: { id }, viewer });
      expect(result).toHaveProperty('data');
      answeredIn(result.data, answered);
    }
  }
  const owner = (each: string) =>
    each.replace(/^(Civilian|Merchant|Officer|Family|Donor)\./, 'User.');
  expect(
    [...answered].filter((each) => PRIVATE_FIELDS.has(each) || PRIVATE_FIELDS.has(owner(each))),
  ).toEqual([]);
  expect(answered.size).toBeGreaterThan(100);

  // Their token was made when they had every role, and nobody tells the gateway that they lost them.
  const roles = ['SUPPORT', 'MODERATOR', 'ADMINISTRATOR'];
  const policies = roles.map((role) => role.toLowerCase());
  const stale = { ...(viewer as UserViewer), roles, policies };
  const before = await digestDatabases(databases);
  const outcomes = new Set<string>();
  for (const name of subgraphNames) {
    for await (const { mutation, query, variables } of attempts(name, { samples: 1 })) {
      if (PERMITTED[mutation]?.to.includes('a civilian')) continue;
      const { result } = await gateway.execute({ query, variables, viewer: stale });
      const { data, errors = [] } = JSON.parse(JSON.stringify(result));
      outcomes.add(outcomeOf({ data, errors }));
    }
  }
  expect([...outcomes].filter((each) => NO_REFUSALS.has(each))).toEqual([]);
  expect(await digestDatabases(databases)).toEqual(before);
  // With the role that the database knows, the same gateway lets them.
  const administrator = passers.get('an administrator') as UserViewer;
  const input = { userId: passers.get('support')?.id, role: 'MODERATOR' };
  const { result } = await gateway.execute({
    query: `mutation ($input: RoleInput!) { result: grantRole(input: $input) { __typename } }`,
    variables: { input },
    viewer: { ...administrator, policies: ['administrator'] },
  });
  expect(result.data).toEqual({ result: { __typename: 'RoleChange' } });
  await gateway.stop();
}, 120_000);
