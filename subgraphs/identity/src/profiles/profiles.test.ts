import { randomUUID } from 'node:crypto';
import { createDatabase } from '@civitas/platform/database';
import { fc } from '@civitas/testkit/random';
import pg from 'pg';
import { expect, test } from 'vitest';
import { PrismaClient } from '../generated/prisma/client.ts';
import { erasePerson } from '../privacy/index.ts';
import { insertPerson } from '../testing/insert-person.ts';
import { sql } from '../testing/sql.ts';
import { type Registered, testClock, useIdentity } from '../testing/use-identity.ts';
import { handleLook } from './handle.ts';

const YEAR_MS = 365 * 24 * 60 * 60_000;
const clock = testClock();
const identity = useIdentity({ clock });

const UPDATE = /* GraphQL */ `
  mutation ($input: UpdateProfileInput!) {
    result: updateProfile(input: $input) {
      __typename
      ... on UpdateProfileSuccess { user { displayName bio } }
      ... on UserError { code path }
    }
  }
`;
const HANDLE = /* GraphQL */ `
  mutation ($input: ChangeHandleInput!) {
    result: changeHandle(input: $input) {
      __typename
      ... on ChangeHandleSuccess { user { handle } }
      ... on UserError { code path }
    }
  }
`;
const BY_HANDLE = 'query ($handle: String!) { userByHandle(handle: $handle) { id handle } }';
const SEARCH = /* GraphQL */ `
  query ($query: String!, $kind: UserKind, $first: Int! = 20, $after: String) {
    searchPeople(query: $query, kind: $kind, first: $first, after: $after) {
      edges { node { id } } pageInfo { hasNextPage endCursor }
    }
  }
`;

const fresh = () => `h${randomUUID().replaceAll('-', '').slice(0, 16)}`;

async function update(who: Registered, input: Record<string, unknown>) {
  return (await identity.as(who.viewer).run(UPDATE, { input })).result;
}

async function rename(who: Pick<Registered, 'viewer'>, handle: string) {
  return (await identity.as(who.viewer).run(HANDLE, { input: { handle } })).result;
}

const twoPeople = async () =>
  [
    await insertPerson(identity.databaseUrl, 'CIVILIAN'),
    await insertPerson(identity.databaseUrl, 'CIVILIAN'),
  ] as const;

const byHandle = async (handle: string) =>
  (await identity.as().run(BY_HANDLE, { handle })).userByHandle;

async function search(query: string, variables: Record<string, unknown> = {}): Promise<string[]> {
  const { searchPeople } = await identity.as().run(SEARCH, { query, ...variables });
  return searchPeople.edges.map(({ node }: { node: { id: string } }) => node.id);
}

async function named(displayName: string, profile = {}): Promise<Registered> {
  const somebody = await identity.register({ civilian: {}, ...profile });
  await update(somebody, { displayName });
  return somebody;
}

test('a profile changes by what is given, and a bio can be taken away', async () => {
  const ada = await identity.register();
  expect(await update(ada, { displayName: ' Ada ', bio: 'Numbers.\nPoetry.' })).toMatchObject({
    user: { displayName: 'Ada', bio: 'Numbers.\nPoetry.' },
  });
  expect((await update(ada, { displayName: null })).user.bio).toBe('Numbers.\nPoetry.');
  expect((await update(ada, { bio: null })).user).toEqual({ displayName: 'Ada', bio: null });
  for (const input of [{ displayName: '' }, { displayName: 'x'.repeat(81) }, { bio: 'a\u0000' }]) {
    const refused = await update(ada, input);
    expect(refused).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['input', Object.keys(input)[0]],
    });
  }
  expect(await identity.as().codes(UPDATE, { input: {} })).toEqual(['UNAUTHENTICATED']);
});

test('a former handle leads to its owner for a year, and is nobody else’s meanwhile', async () => {
  const [ada, other] = [await identity.register(), await identity.register()];
  const handle = fresh();
  expect((await rename(ada, handle.toUpperCase())).user.handle).toBe(handle);
  const found = { id: ada.viewer.id, handle };
  expect(await byHandle(handle)).toEqual(found);
  expect(await byHandle(ada.handle)).toEqual(found);
  expect((await rename(other, ada.handle)).code).toBe('HANDLE_TAKEN');
  expect((await rename(other, handle)).code).toBe('HANDLE_TAKEN');
  expect((await rename(other, 'admin')).code).toBe('HANDLE_TAKEN');
  expect((await rename(other, 'аdmin')).code).toBe('INVALID_INPUT');
  clock.advance(YEAR_MS);
  expect(await byHandle(ada.handle)).toBeNull();
  expect((await rename(other, ada.handle)).__typename).toBe('ChangeHandleSuccess');
});

test('a sixth handle in a day is one too many, and the fifth stays', async () => {
  const ada = await identity.register();
  const wanted = Array.from({ length: 6 }, fresh);
  const outcomes: string[] = [];
  for (const handle of wanted) outcomes.push((await rename(ada, handle)).code ?? 'changed');
  expect(outcomes).toEqual([...Array.from({ length: 5 }, () => 'changed'), 'TOO_MANY_ATTEMPTS']);
  expect(await byHandle(wanted[4] ?? '')).toMatchObject({ handle: wanted[4] });
  expect(await byHandle(wanted[5] ?? '')).toBeNull();
});

test('each of many former handles leads to its owner at once; of who was erased none does, for a year', async () => {
  const [ada, other] = await twoPeople();
  const handles = [ada.handle, fresh(), fresh(), fresh()];
  for (const handle of handles.slice(1)) await rename(ada, handle);
  const found = { id: ada.viewer.id, handle: handles.at(-1) };
  for (const handle of handles) expect(await byHandle(handle)).toEqual(found);
  const db = createDatabase({
    url: identity.databaseUrl,
    createClient: (adapter) => new PrismaClient({ adapter }),
  });
  await db.inTransaction((tx) => erasePerson(tx, ada.viewer.id, clock.now()));
  await db.close();
  for (const handle of handles) {
    expect(await byHandle(handle)).toBeNull();
    expect((await rename(other, handle)).code).toBe('HANDLE_TAKEN');
    clock.advance(YEAR_MS / 4);
  }
  expect((await rename(other, ada.handle)).__typename).toBe('ChangeHandleSuccess');
});

test('somebody can go back to the handle they had', async () => {
  const ada = await identity.register();
  const handle = fresh();
  await rename(ada, handle);
  expect((await rename(ada, ada.handle)).user.handle).toBe(ada.handle);
  expect(await byHandle(handle)).toEqual({ id: ada.viewer.id, handle: ada.handle });
});

test('of ten who want a handle at once, with its owner leaving it, nobody gets it', async () => {
  const somebody = () => insertPerson(identity.databaseUrl, 'CIVILIAN');
  const owner = await somebody();
  const rivals = await Promise.all(Array.from({ length: 10 }, somebody));
  const handle = fresh();
  const [left, ...answers] = await Promise.all([
    rename(owner, handle),
    ...rivals.map((rival) => rename(rival, owner.handle)),
  ]);
  expect(left.__typename).toBe('ChangeHandleSuccess');
  expect(new Set(answers.map(({ code }) => code))).toEqual(new Set(['HANDLE_TAKEN']));
  expect(await byHandle(owner.handle)).toEqual({ id: owner.viewer.id, handle });
});

test.each([
  ['a letter of another script', (handle: string) => handle.replace('a', 'а'), 'INVALID_INPUT'],
  ['full-width letters', (handle: string) => handle.replace('a', 'ａ'), 'INVALID_INPUT'],
  ['an invisible character', (handle: string) => `${handle}\u200b`, 'INVALID_INPUT'],
  ['a dotless i', (handle: string) => handle.replace('i', 'ı'), 'INVALID_INPUT'],
  ['upper case', (handle: string) => handle.toUpperCase(), 'HANDLE_TAKEN'],
  ['a zero for an o', (handle: string) => handle.replace('o', '0'), 'HANDLE_TAKEN'],
  ['a one for an l', (handle: string) => handle.replace('l', '1'), 'HANDLE_TAKEN'],
  ['r and n for an m', (handle: string) => handle.replace('m', 'rn'), 'HANDLE_TAKEN'],
])('nobody takes the handle of another with %s', async (_, disguise, code) => {
  const [owner, rival] = await twoPeople();
  const handle = `malio${fresh().slice(0, 12)}`;
  await rename(owner, handle);
  expect((await rename(rival, disguise(handle))).code).toBe(code);
  // Nor once its owner has left it.
  await rename(owner, fresh());
  expect((await rename(rival, disguise(handle))).code).toBe(code);
});

test.each(['admin', 'adm1n', 'supp0rt', 'city-support', 'c1vitas-news', 'the-rnoderator', 'r00t'])(
  'the handle %s would vouch for whoever has it, and nobody gets it',
  async (handle) => {
    const [somebody] = await twoPeople();
    expect((await rename(somebody, handle)).code).toBe('HANDLE_TAKEN');
  },
);

test('the database and the service agree on what a handle looks like', async () => {
  const handles = fc.sample(fc.stringMatching(/^[a-z0-9rnm01ol](-?[a-z0-9rnm01ol]){2,29}$/), 500);
  const rows = await sql(
    identity.databaseUrl,
    'SELECT handle, handle_look(handle) AS look FROM unnest($1::text[]) AS handle',
    [handles],
  );
  for (const { handle, look } of rows) expect(handleLook(handle)).toBe(look);
});

test('people are found by the beginning of handle or name, and with a typing error', async () => {
  const ada = await named('Wilhelmina Zuckerkandl');
  for (const query of [
    'wilhel',
    'Wilhelmina Zuck',
    'Wilhelmina Zukerkandl',
    'zuckerkandel',
    ada.handle.slice(0, 12),
  ]) {
    expect(await search(query)).toContain(ada.viewer.id);
  }
  expect(await search('wilhelmina', { kind: 'DONOR' })).toEqual([]);
  expect(await search('%%%')).toEqual([]);
  expect(await search('___')).toEqual([]);
});

test('who keeps out of search is not found', async () => {
  const shy = await named('Bartholomew Quigglesworth');
  expect(await search('quigglesworth')).toEqual([shy.viewer.id]);
  await update(shy, { searchVisibility: 'PRIVATE' });
  expect(await search('quigglesworth')).toEqual([]);
});

test('pages of a search follow each other, best first, without gap or repetition', async () => {
  const people = [];
  for (let n = 0; n < 4; n += 1) people.push(await named(`Xanthippe Okonkwo ${'abcd'[n]}`));
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const { searchPeople } = await identity
      .as()
      .run(SEARCH, { query: 'Xanthippe', first: 3, after });
    seen.push(...searchPeople.edges.map(({ node }: { node: { id: string } }) => node.id));
    after = searchPeople.pageInfo.hasNextPage ? searchPeople.pageInfo.endCursor : null;
  } while (after !== null);
  expect(seen.toSorted()).toEqual(people.map(({ viewer }) => viewer.id).toSorted());
});

test.each([
  [{ query: 'ab' }, 'BAD_USER_INPUT'],
  [{ query: 'x'.repeat(61) }, 'BAD_USER_INPUT'],
  [{ query: '\u0000\u0001\u0002' }, 'BAD_USER_INPUT'],
  [{ query: 'abc', first: 0 }, 'PAGE_SIZE_OUT_OF_RANGE'],
  [{ query: 'abc', first: 1_000_000 }, 'PAGE_SIZE_OUT_OF_RANGE'],
  [{ query: 'abc', after: 'x' }, 'MALFORMED_CURSOR'],
])('searchPeople(%j) is refused with %s', async (variables, code) => {
  expect(await identity.as().codes(SEARCH, variables)).toEqual([code]);
});

test.each([
  ['beginnings of handles', `lower(handle) LIKE 'wil%' ORDER BY lower(handle) USING ~<~`],
  ['beginnings of names', `lower(display_name) LIKE 'wil%' ORDER BY lower(display_name) USING ~<~`],
  ['words that are alike', `display_name %> 'wilhel' OR handle %> 'wilhel'`],
])('search finds %s by an index and sorts nobody', async (_, condition) => {
  const client = new pg.Client({ connectionString: identity.databaseUrl });
  await client.connect();
  await client.query('SET enable_seqscan = off; SET enable_sort = off');
  const { rows } = await client
    .query(`EXPLAIN SELECT id FROM "user" WHERE ${condition} LIMIT 200`)
    .finally(() => client.end());
  const plan = JSON.stringify(rows);
  expect(plan).toMatch(/user_(handle|display_name)_(prefix|trgm)_idx/);
  expect(plan).not.toMatch(/Seq Scan|Sort/);
});

test('of many namesakes a page of the best is found, with nobody whose name is only alike', async () => {
  const { databaseUrl } = identity;
  await sql(
    databaseUrl,
    `INSERT INTO "user" (id, kind, handle, display_name, joined_at)
     SELECT 'usr_01jz00000000' || lpad(n::text, 14, '0'), 'CIVILIAN', 'namesake-' || n,
            CASE WHEN n < 150 THEN 'Zebedee Quux ' || n ELSE 'Zebedea Quux ' || n END, now()
     FROM generate_series(0, 170) AS n`,
  );
  const answer = async (first: number, after: string | null) => {
    const { searchPeople } = await identity.as().run(SEARCH, { query: 'ZEBEDEE q', first, after });
    return searchPeople;
  };
  const one = await answer(100, null);
  const two = await answer(100, one.pageInfo.endCursor);
  const ids = [...one.edges, ...two.edges].map(({ node }: { node: { id: string } }) => node.id);
  expect([new Set(ids).size, one.edges.length, two.edges.length]).toEqual([150, 100, 50]);
  expect(ids.every((id) => Number(id.slice(-14)) < 150)).toBe(true);
  // A name that few begin with is also looked for among those that are alike.
  expect((await search('Zebedea Quux 16')).length).toBeGreaterThan(10);
});
