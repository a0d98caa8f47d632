import { randomUUID } from 'node:crypto';
import { createFinanceDatabase, fundFromOutside } from '@civitas/finance';
import { newId } from '@civitas/platform/ids';
import type { UserViewer } from '@civitas/platform/subgraph';
import { createTestClient, userViewer } from '@civitas/testkit';
import { hash } from '@node-rs/argon2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SubgraphName } from '../src/subgraph-names.ts';
import { openDatabases, type TestDatabases } from './set-up/open-databases.ts';
import { type OpenSubgraphs, openSubgraphs } from './set-up/open-subgraphs.ts';
import { rowsWith } from './set-up/rows-with.ts';

// All five subgraphs on their databases and one bus, without the gateway; they can be stopped and
// started again at any point, as processes are.

const PASSWORD = 'correct horse battery staple';
const WAIT = { timeout: 10_000, interval: 25 };

let databases: TestDatabases;
let offsetMs = 0;
const now = () => new Date(Date.now() + offsetMs);
let running: OpenSubgraphs | undefined;

beforeAll(async () => {
  databases = await openDatabases({ demo: false });
  await restart();
}, 60_000);

afterAll(async () => {
  await running?.stop();
  await databases.drop();
});

async function restart({ deliver = true } = {}): Promise<void> {
  await running?.stop();
  running = await openSubgraphs(databases.urls, { now });
  if (deliver) await running.deliver();
}

function ask(name: SubgraphName, viewer?: UserViewer) {
  if (!running) throw new Error('Nothing runs.');
  return createTestClient(running.subgraphs[name], viewer);
}

const sql: TestDatabases['sql'] = (...statement) => databases.sql(...statement);

interface Person {
  readonly viewer: UserViewer;
  readonly handle: string;
  readonly email: string;
}

let passwordHash: Promise<string> | undefined;

/** Somebody who is signed in, and whom finance has heard of. */
async function register(name: string, trade?: string): Promise<Person> {
  passwordHash ??= hash(PASSWORD, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  const handle = `${name.toLowerCase()}-${randomUUID().slice(0, 8)}`;
  const email = `${handle}@example.org`;
  const kind = trade === undefined ? 'CIVILIAN' : 'MERCHANT';
  const viewer = userViewer({ kind });
  const { id, sessionId } = viewer;
  await sql(
    'identity',
    `INSERT INTO "user" (id, kind, handle, display_name, joined_at, trade_name, merchant_category)
     VALUES ($1, $2, $3, $4, now(), $5, $5)`,
    [id, kind, handle, name, trade],
  );
  await sql(
    'identity',
    `INSERT INTO account (user_id, email, email_verified_at, password_hash, created_at)
     VALUES ($1, $2, now(), $3, now())`,
    [id, email, await passwordHash],
  );
  await sql(
    'identity',
    `INSERT INTO session (id, user_id, created_at, rotated_at, expires_at, proved_at, proved_by)
     VALUES ($1, $2, now(), now(), now() + interval '90 days', now() - interval '1 day', 'PASSWORD')`,
    [sessionId, id],
  );
  await sql(
    'identity',
    `INSERT INTO outbox (id, type, aggregate_id, occurred_at, payload)
     VALUES ($1, 'identity.user.registered', $2, now(), jsonb_build_object('userId', $2::text, 'kind', $3::text))`,
    [newId('evt'), id, kind],
  );
  await sql('identity', `SELECT pg_notify('outbox', '')`);
  return { viewer, handle, email };
}

async function mutate(name: SubgraphName, by: Person, field: string, input: object, shape: string) {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}`;
  const query = `mutation ($input: ${type}Input!) { result: ${field}(input: $input) {
    __typename ... on ${type}Success { ${shape} } ... on UserError { code message } } }`;
  const { result } = await ask(name, by.viewer).run(query, { input });
  if (!String(result.__typename).endsWith('Success')) throw new Error(JSON.stringify(result));
  return result;
}

/** Somebody with data in every subgraph, and a word in all of it that can be looked for. */
async function livelyPerson(word: string): Promise<Person & { readonly friend: Person }> {
  const person = await register(word, word);
  const friend = await register('Friend');
  const { subject } = await mutate(
    'content',
    person,
    'createSubject',
    { title: word, description: word, visibility: 'PUBLIC' },
    'subject { id }',
  );
  const save = `mutation ($input: SubjectReactionInput!) { saveSubject(input: $input) { __typename } }`;
  await ask('content', friend.viewer).run(save, { input: { subjectId: subject.id } });
  const { community } = await mutate(
    'communities',
    friend,
    'createCommunity',
    { name: 'Town', slug: `town-${randomUUID().slice(0, 8)}` },
    'community { id }',
  );
  const communityId = community.id;
  await mutate('communities', person, 'joinCommunity', { communityId }, 'community { id }');
  const { post } = await mutate(
    'communities',
    person,
    'createPost',
    { communityId, title: word, body: word },
    'post { id }',
  );
  await mutate(
    'communities',
    person,
    'addComment',
    { postId: post.id, body: word },
    'comment { id }',
  );
  await mutate('communities', person, 'voteOnPost', { postId: post.id, vote: 'UP' }, 'post { id }');
  await mutate(
    'marketplace',
    person,
    'publishListing',
    {
      title: `${word} soap`,
      description: word,
      price: { amountMinor: '500', currency: 'EUR' },
      category: 'OTHER',
    },
    'listing { id }',
  );
  return { ...person, friend };
}

async function walletOf(person: Person): Promise<string> {
  const query = 'SELECT id FROM account WHERE owner_id = $1';
  await expect.poll(() => sql('finance', query, [person.viewer.id]), WAIT).toHaveLength(1);
  return (await sql('finance', query, [person.viewer.id]))[0].id;
}

async function fund(person: Person, amountMinor: bigint): Promise<void> {
  const db = createFinanceDatabase(databases.urls.finance);
  await fundFromOutside(db, {
    walletId: await walletOf(person),
    amountMinor,
    reference: randomUUID(),
    occurredAt: new Date(),
  }).finally(() => db.close());
}

async function pay(from: Person, to: Person, amountMinor: string, note?: string) {
  const input = {
    fromWalletId: await walletOf(from),
    toWalletId: await walletOf(to),
    amountMinor,
    idempotencyKey: randomUUID(),
    note,
  };
  const query = `mutation ($input: TransferInput!) { transfer(input: $input) {
    __typename ... on UserError { code } } }`;
  return (await ask('finance', from.viewer).run(query, { input })).transfer;
}

async function request(
  by: Person,
  field: 'requestDataExport' | 'requestErasure',
  password = PASSWORD,
) {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Success`;
  const query = `mutation ($input: OwnerProofInput!) { result: ${field}(input: $input) {
    __typename ... on ${type} { request { id stage } } ... on UserError { code } } }`;
  return (await ask('identity', by.viewer).run(query, { input: { password } })).result;
}

const stageOf = async (id: string): Promise<string> =>
  (await sql('identity', 'SELECT stage FROM data_request WHERE id = $1', [id]))[0].stage;

async function exported(by: Person) {
  const query = `{ myDataRequests(first: 1) { edges { node {
    id stage downloadPath expiresAt } } } }`;
  return (await ask('identity', by.viewer).run(query)).myDataRequests.edges[0].node;
}

async function download(path: string) {
  const route = running?.subgraphs.identity.routes.find((each) => each.path === '/data-exports/*');
  const answer = await route?.handle({ path, body: Buffer.alloc(0), headers: {} });
  return { headers: answer?.headers, body: answer?.body as string };
}

test('an export has what every subgraph holds of its owner, and nobody else’s', async () => {
  const word = 'Philomena';
  const person = await livelyPerson(word);
  await fund(person, 500n);
  await pay(person, person.friend, '500', word);
  // Each in words of their own, shown to nobody else; the friend reads the owner's posts, and is paid.
  await sql(
    'identity',
    `UPDATE "user" SET bio = 'bio of ' || handle, location = 'place of ' || handle,
       bio_visibility = 'ONLY_ME', location_visibility = 'ONLY_ME' WHERE id = ANY ($1)`,
    [[person.viewer.id, person.friend.viewer.id]],
  );
  const asked = await request(person, 'requestDataExport');
  expect(asked).toMatchObject({ request: { stage: 'COLLECTING' } });
  expect((await request(person, 'requestDataExport')).code).toBe('DATA_REQUEST_RUNNING');
  await expect.poll(() => stageOf(asked.request.id), WAIT).toBe('COMPLETED');
  const { downloadPath } = await exported(person);
  const answer = await download(downloadPath);
  expect(answer.headers).toMatchObject({ 'cache-control': 'no-store' });
  const document = JSON.parse(answer.body);
  expect(document).toMatchObject({
    person: person.viewer.id,
    data: {
      identity: {
        profile: [
          {
            ...{ displayName: word, handle: person.handle },
            ...{ bio: `bio of ${person.handle}`, location: `place of ${person.handle}` },
          },
        ],
        account: [{ email: person.email }],
        sessions: [{ userId: person.viewer.id }],
      },
      content: { subjects: [{ title: word }] },
      communities: {
        posts: [{ body: word }],
        comments: [{ body: word }],
        votesOnPosts: [{ value: 1 }],
      },
      marketplace: { listings: [{ title: `${word} soap`, priceMinor: '500' }] },
      finance: {
        wallets: [{ currency: 'EUR', balanceMinor: '0' }],
        movements: [{ amountMinor: '500' }, { amountMinor: '-500' }],
        notes: [{ description: word }],
      },
    },
  });
  expect(answer.body).not.toMatch(/argon2|hash"/i);
  expect(answer.body).not.toContain(person.friend.handle);
  // Its address is of no use once changed, and not for long.
  await expect(
    download(downloadPath.replace(/.$/, (c: string) => (c === 'A' ? 'B' : 'A'))),
  ).rejects.toThrow();
  offsetMs += 11 * 60_000;
  await expect(download(downloadPath)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  offsetMs += 7 * 24 * 60 * 60_000;
  expect(await exported(person)).toMatchObject({ downloadPath: null });
  await restart();
  await expect.poll(() => stageOf(asked.request.id), WAIT).toBe('EXPIRED');
  expect(
    await sql('identity', 'SELECT 1 FROM data_request_part WHERE request_id = $1', [
      asked.request.id,
    ]),
  ).toEqual([]);
}, 60_000);

test('a person is erased everywhere, through a crash after each step, and what others rely on stays', async () => {
  const word = 'Zephyrine';
  const person = await livelyPerson(word);
  const { viewer, friend } = person;
  await fund(friend, 700n);
  await pay(friend, person, '700');

  // With money in the wallet finance refuses, and nothing is lost.
  const refused = await request(person, 'requestErasure');
  await expect.poll(() => stageOf(refused.request.id), WAIT).toBe('REFUSED');
  const [{ refusal_code: code, refusal }] = await sql(
    'identity',
    'SELECT refusal_code, refusal FROM data_request WHERE id = $1',
    [refused.request.id],
  );
  expect([code, refusal]).toEqual(['WALLET_NOT_EMPTY', 'Wallets hold 7.00 EUR.']);
  expect(await rowsWith(databases, word)).not.toEqual([]);

  await pay(person, friend, '700', word);
  const exportId = (await request(person, 'requestDataExport')).request.id;
  await expect.poll(() => stageOf(exportId), WAIT).toBe('COMPLETED');
  expect((await request(person, 'requestErasure', 'not the password, but long')).code).toBe(
    'INVALID_CREDENTIALS',
  );

  // The process dies after the request is committed, before anybody has heard of it.
  await restart({ deliver: false });
  const { request: erasure } = await request(person, 'requestErasure');
  expect(await stageOf(erasure.id)).toBe('CLEARING');
  await restart();
  await expect.poll(() => stageOf(erasure.id), WAIT).toBe('ERASING');

  // Everybody has erased once; what the last access token still wrote goes with the second pass.
  const answered = `SELECT subgraph FROM data_request_part WHERE request_id = $1 AND attempt = $2`;
  await expect.poll(() => sql('identity', answered, [erasure.id, 1]), WAIT).toHaveLength(5);
  await mutate('content', person, 'createSubject', { title: `${word} again` }, 'subject { id }');
  expect(await stageOf(erasure.id)).toBe('ERASING');
  offsetMs += 7 * 60_000;
  await restart();
  await expect.poll(() => stageOf(erasure.id), WAIT).toBe('COMPLETED');

  // The handle is held back for a year; everything else is gone, outboxes included.
  const left = await rowsWith(databases, word);
  const kept = left.filter((row) => !row.includes(friend.viewer.id));
  expect(kept.map((row) => row.slice(0, row.indexOf(':')))).toEqual(['identity.former_handle']);
  expect(await rowsWith(databases, person.email)).toEqual([]);

  const signIn = `mutation ($input: SignInInput!) { signIn(input: $input) { ... on UserError { code } } }`;
  const input = { email: person.email, password: PASSWORD };
  expect((await ask('identity').run(signIn, { input })).signIn.code).toBe('INVALID_CREDENTIALS');
  const sessions = 'SELECT 1 FROM session WHERE user_id = $1';
  expect(await sql('identity', sessions, [viewer.id])).toEqual([]);
  const found = `query ($id: ID!, $handle: String!) {
    user(id: $id) { displayName ... on Merchant { tradeName verified } }
    userByHandle(handle: $handle) { id }
    searchPeople(query: "Erased person") { edges { node { id } } } }`;
  expect(await ask('identity').run(found, { id: viewer.id, handle: person.handle })).toEqual({
    user: { displayName: 'Erased person', tradeName: 'Erased person', verified: false },
    userByHandle: null,
    searchPeople: { edges: [] },
  });

  // The books still add up, and nobody pays into a wallet without an owner.
  expect(await sql('finance', 'SELECT * FROM ledger_violation')).toEqual([]);
  const movements =
    'SELECT amount_minor FROM posting JOIN account ON id = account_id WHERE owner_id = $1';
  expect(await sql('finance', movements, [viewer.id])).toHaveLength(2);
  expect(await pay(friend, person, '1')).toMatchObject({ code: 'WALLET_NOT_FOUND' });
}, 60_000);

test('an answer that is lost is asked for again', async () => {
  const person = await register('Patience');
  await restart({ deliver: false });
  const { request: wanted } = await request(person, 'requestDataExport');
  // Nobody ever hears the question: the event is gone.
  await sql('identity', 'DELETE FROM outbox WHERE aggregate_id = $1', [`${wanted.id}.1`]);
  await restart();
  expect(await stageOf(wanted.id)).toBe('COLLECTING');
  offsetMs += 7 * 60_000;
  await restart();
  await expect.poll(() => stageOf(wanted.id), WAIT).toBe('COMPLETED');
}, 60_000);

test('money that comes at the moment of leaving either comes before, and is in the way, or does not come', async () => {
  const [person, friend] = [await register('Leaver'), await register('Payer')];
  await fund(friend, 1000n);
  await walletOf(person);
  const [{ request: erasure }, ...payments] = await Promise.all([
    request(person, 'requestErasure'),
    ...Array.from({ length: 10 }, () => pay(friend, person, '1')),
  ]);
  await expect.poll(() => stageOf(erasure.id), WAIT).not.toBe('CLEARING');
  const paid = payments.filter(({ __typename }) => __typename === 'TransferSuccess').length;
  const [{ balance }] = await sql(
    'finance',
    'SELECT balance_minor::int AS balance FROM account WHERE owner_id = $1',
    [person.viewer.id],
  );
  expect(balance).toBe(paid);
  expect(await stageOf(erasure.id)).toBe(paid === 0 ? 'ERASING' : 'REFUSED');
}, 60_000);

test('whoever has a platform role hands it back first', async () => {
  const admin = await register('Warden');
  await sql('identity', `UPDATE "user" SET roles = '{MODERATOR}' WHERE id = $1`, [admin.viewer.id]);
  expect((await request(admin, 'requestErasure')).code).toBe('STILL_IN_OFFICE');
});
