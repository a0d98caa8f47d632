import { createHash, randomUUID } from 'node:crypto';
import { newId } from '@civitas/platform/ids';
import type { UserViewer } from '@civitas/platform/subgraph';
import { recordStatements } from '@civitas/testkit';
import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { PASSWORD, type Registered, useIdentity } from '../testing/use-identity.ts';

const identity = useIdentity();

const ACCOUNT = `partnerAccount { id name mode requestsPerMinute requestsPerDay maximumCost manifestVersion }`;
const OPEN = `mutation ($input: OpenPartnerAccountInput!) { result: openPartnerAccount(input: $input) {
  __typename ... on OpenPartnerAccountSuccess { ${ACCOUNT} } ... on UserError { code path } } }`;
const CHANGE = `mutation ($input: ChangePartnerTermsInput!) { result: changePartnerTerms(input: $input) {
  __typename ... on ChangePartnerTermsSuccess { ${ACCOUNT} } ... on UserError { code path } } }`;
const PUBLISH = `mutation ($input: PublishOperationsInput!) { result: publishOperations(input: $input) {
  __typename ... on PublishOperationsSuccess { added partnerAccount { manifestVersion } }
  ... on UserError { code message path } ... on OperationIdTaken { operationId } } }`;
const CREATE_KEY = `mutation ($input: CreateApiKeyInput!) { result: createApiKey(input: $input) {
  __typename ... on ShownApiKey { secret apiKey { id partnerAccount { name } } } ... on UserError { code } } }`;
const FIND = `query ($partnerAccountId: ID!, $operationId: String, $normalizedHash: String) {
  registeredOperation(partnerAccountId: $partnerAccountId, operationId: $operationId, normalizedHash: $normalizedHash) {
    operationId name document version } }`;

let admin: Registered;
let ada: Registered;
let other: Registered;
beforeAll(async () => {
  [admin, ada, other] = [
    await identity.register(),
    await identity.register({ merchant: { tradeName: 'Ada & Co', category: 'books' } }),
    await identity.register(),
  ];
  await sql(`UPDATE "user" SET roles = '{ADMINISTRATOR}' WHERE id = $1`, [admin.viewer.id]);
});

async function sql(statement: string, values: unknown[] = []) {
  const client = new pg.Client({ connectionString: identity.databaseUrl });
  await client.connect();
  return client.query(statement, values).finally(() => client.end());
}

async function perform(query: string, input: object, viewer: UserViewer) {
  return (await identity.as(viewer).run(query, { input })).result;
}

const newName = () => `kiosk-${randomUUID().slice(0, 8)}`;

async function opened(changes: object = {}) {
  const input = { ownerId: ada.viewer.id, name: newName(), ...changes };
  return (await perform(OPEN, input, admin.viewer)).partnerAccount;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const named = (document: string) => ({ operationId: sha256(document), document });
const ONE = named('query One { users { id } }');
const TWO = named('query Two { me { id } }');

const publish = (client: string, operations: object[], viewer: UserViewer = ada.viewer) =>
  perform(PUBLISH, { client, operations }, viewer);

async function keyFor(partnerAccountId: string, scopes = ['identity:publish-operations']) {
  const input = { name: 'Kiosk', scopes, password: PASSWORD, partnerAccountId };
  const { apiKey, secret } = await perform(CREATE_KEY, input, ada.viewer);
  const viewer: UserViewer = { ...ada.viewer, scopes, apiKeyId: apiKey.id, sessionId: apiKey.id };
  return { apiKey, secret, viewer };
}

describe('a partner account', () => {
  test('is opened and changed by administrators alone', async () => {
    const account = await opened({ requestsPerDay: 1000, maximumCost: 50 });
    expect(account).toMatchObject({
      mode: 'LOG_UNKNOWN',
      requestsPerMinute: 600,
      requestsPerDay: 1000,
      maximumCost: 50,
      manifestVersion: 0,
    });
    const input = { partnerAccountId: account.id, mode: 'REQUIRE_ID', requestsPerDay: null };
    expect((await perform(CHANGE, input, admin.viewer)).partnerAccount).toMatchObject({
      mode: 'REQUIRE_ID',
      requestsPerMinute: 600,
      requestsPerDay: null,
      maximumCost: 50,
    });
    for (const [query, given] of [
      [OPEN, { ownerId: ada.viewer.id, name: newName() }],
      [CHANGE, input],
    ] as const) {
      expect(await identity.as(ada.viewer).codes(query, { input: given })).toEqual(['FORBIDDEN']);
      expect(await identity.as().codes(query, { input: given })).toEqual(['UNAUTHENTICATED']);
    }
  });

  test('has a name of its own, also when two are opened at once', async () => {
    const name = newName();
    const open = () => perform(OPEN, { ownerId: ada.viewer.id, name }, admin.viewer);
    const answers = await Promise.all([open(), open()]);
    expect(answers.map(({ code, __typename }) => code ?? __typename).sort()).toEqual([
      'OpenPartnerAccountSuccess',
      'PARTNER_NAME_TAKEN',
    ]);
  });

  test.each([
    [{ name: 'X' }, 'name'],
    [{ name: 'a b' }, 'name'],
    [{ name: 'a'.repeat(41) }, 'name'],
    [{ requestsPerMinute: 0 }, 'requestsPerMinute'],
    [{ requestsPerDay: -1 }, 'requestsPerDay'],
    [{ maximumCost: 2_000_000_000 }, 'maximumCost'],
    [{ ownerId: "usr_' OR 1=1" }, 'ownerId'],
  ])('%j is refused with the path of the field', async (changes, field) => {
    const input = { ownerId: ada.viewer.id, name: newName(), ...changes };
    expect(await perform(OPEN, input, admin.viewer)).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['input', field],
    });
  });

  test('is seen by its owner, its keys belong to its owner', async () => {
    const account = await opened();
    const mine = '{ myPartnerAccounts(first: 100) { edges { node { id } } } }';
    const idsOf = async (viewer: UserViewer) =>
      (await identity.as(viewer).run(mine)).myPartnerAccounts.edges.map(
        ({ node }: { node: { id: string } }) => node.id,
      );
    expect(await idsOf(ada.viewer)).toContain(account.id);
    expect(await idsOf(other.viewer)).not.toContain(account.id);
    const { apiKey, secret } = await keyFor(account.id);
    expect(apiKey.partnerAccount).toEqual({ name: account.name });
    const holder = `query ($key: String!) { apiKeyHolder(key: $key) { partnerAccount { id } } }`;
    expect((await identity.as().run(holder, { key: secret })).apiKeyHolder).toEqual({
      partnerAccount: { id: account.id },
    });
    const input = { name: 'K', scopes: [], password: PASSWORD, partnerAccountId: newId('prt') };
    expect((await perform(CREATE_KEY, input, ada.viewer)).code).toBe('PARTNER_ACCOUNT_NOT_FOUND');
  });
});

describe('operations that are published', () => {
  test('are there from then on; to publish them again changes nothing', async () => {
    const { name, id } = await opened();
    expect(await publish(name, [ONE])).toMatchObject({
      added: 1,
      partnerAccount: { manifestVersion: 1 },
    });
    expect(await publish(name, [ONE, TWO, TWO])).toMatchObject({
      added: 1,
      partnerAccount: { manifestVersion: 2 },
    });
    expect(await publish(name, [TWO, ONE])).toMatchObject({
      added: 0,
      partnerAccount: { manifestVersion: 2 },
    });
    const find = async (by: object) =>
      (await identity.as().run(FIND, { partnerAccountId: id, ...by })).registeredOperation;
    expect(await find({ operationId: TWO.operationId })).toEqual({
      ...TWO,
      name: 'Two',
      version: 2,
    });
    expect(await find({ operationId: sha256('nothing') })).toBeNull();
    expect(await find({})).toBeNull();
    const list = `query ($after: String) { myPartnerAccounts(first: 100) { edges { node { id
      operations(first: 1, after: $after) { edges { node { name } } pageInfo { hasNextPage endCursor } } } } } }`;
    const page = async (after: string | null) =>
      (await identity.as(ada.viewer).run(list, { after })).myPartnerAccounts.edges.find(
        ({ node }: { node: { id: string } }) => node.id === id,
      ).node.operations;
    const first = await page(null);
    expect(first.edges).toEqual([{ node: { name: 'Two' } }]);
    const second = await page(first.pageInfo.endCursor);
    expect(second).toMatchObject({
      edges: [{ node: { name: 'One' } }],
      pageInfo: { hasNextPage: false },
    });
  });

  test('are found by what they say, however it is written', async () => {
    const { name, id } = await opened();
    await publish(name, [{ operationId: 'by-hand', document: 'query Q { me{id} } # a note' }]);
    const { rows } = await sql(
      'SELECT normalized_hash AS hash FROM registered_operation WHERE partner_account_id = $1',
      [id],
    );
    expect(rows[0].hash).toBe(sha256('query Q {\n  me {\n    id\n  }\n}'));
    const by = { partnerAccountId: id, normalizedHash: rows[0].hash };
    expect((await identity.as().run(FIND, by)).registeredOperation.operationId).toBe('by-hand');
  });

  test('by twenty at once are each there once, in versions one after the other', async () => {
    const { name, id } = await opened();
    const all = Array.from({ length: 20 }, (_, n) => named(`query Q${n} { me { id } }`));
    const answers = await Promise.all(
      all.map((each, n) => publish(name, [each, all[(n + 1) % 20] ?? each])),
    );
    const added = answers.map((answer) => answer.added);
    expect(added.reduce((sum, each) => sum + each, 0)).toBe(20);
    const { rows } = await sql(
      `SELECT manifest_version AS version, (SELECT max(version) FROM registered_operation
         WHERE partner_account_id = account.id) AS newest FROM partner_account account WHERE id = $1`,
      [id],
    );
    expect(rows[0].version).toBe(rows[0].newest);
    expect(rows[0].version).toBe(added.filter((each) => each > 0).length);
  });

  test('never change: another document under a known id stops the whole publication', async () => {
    const { name, id } = await opened();
    await publish(name, [{ operationId: 'v1', document: ONE.document }]);
    const result = await publish(name, [TWO, { operationId: 'v1', document: TWO.document }]);
    expect(result).toMatchObject({
      code: 'OPERATION_ID_TAKEN',
      operationId: 'v1',
      path: ['input', 'operations', '1', 'operationId'],
    });
    const by = { partnerAccountId: id, operationId: TWO.operationId };
    expect((await identity.as().run(FIND, by)).registeredOperation).toBeNull();
    for (const change of [
      `UPDATE registered_operation SET document = ''`,
      'DELETE FROM registered_operation',
    ]) {
      await expect(sql(change)).rejects.toThrow('append-only');
    }
  });

  test.each([
    [
      'a hash of something else',
      [{ operationId: ONE.operationId, document: TWO.document }],
      'operationId',
    ],
    [
      'an SHA-1 of something else',
      [{ operationId: 'a'.repeat(40), document: TWO.document }],
      'operationId',
    ],
    ['no GraphQL', [named('query {')], 'document'],
    ['no operation', [named('fragment F on User { id }')], 'document'],
    ['a million tokens', [named(`{ ${'a '.repeat(30_000)} }`)], 'document'],
    ['a strange id', [{ operationId: '../../etc', document: ONE.document }], 'operationId'],
    ['nothing', [], undefined],
    ['too many', Array(501).fill(ONE), undefined],
  ])('are refused when there is %s', async (_, operations, field) => {
    const { name } = await opened();
    const result = await publish(name, operations);
    expect(result.code).toBe('INVALID_INPUT');
    expect(result.path.slice(0, 2)).toEqual(['input', 'operations']);
    expect(result.path[3]).toBe(field);
  });

  test('are published by the owner, administrators and keys of the account with the scope', async () => {
    const { name, id } = await opened();
    const elsewhere = await opened();
    const publisher = await keyFor(id);
    const reader = await keyFor(id, ['identity:read']);
    const stranger = await keyFor(elsewhere.id);
    expect((await publish(name, [ONE], publisher.viewer)).added).toBe(1);
    expect((await publish(name, [ONE], admin.viewer)).added).toBe(0);
    for (const viewer of [other.viewer, stranger.viewer]) {
      expect((await publish(name, [TWO], viewer)).code).toBe('PARTNER_ACCOUNT_NOT_FOUND');
    }
    expect((await publish('nobody', [TWO])).code).toBe('PARTNER_ACCOUNT_NOT_FOUND');
    const input = { client: name, operations: [TWO] };
    expect(await identity.as(reader.viewer).codes(PUBLISH, { input })).toEqual(['FORBIDDEN']);
    expect(await identity.as().codes(PUBLISH, { input })).toEqual(['UNAUTHENTICATED']);
  });
});

describe('use', () => {
  const RECORD =
    'mutation ($batchId: ID!, $entries: [OperationUsageInput!]!) { recordOperationUsage(batchId: $batchId, entries: $entries) }';
  const READ = `{ myPartnerAccounts(first: 100) { edges { node { id
    usage { edges { node { day operationId requests failures cost apiKey { name } } } } } } } }`;

  const record = (entries: object[], batchId = randomUUID()) =>
    identity.as().run(RECORD, { batchId, entries });
  const entry = (apiKeyId: string, changes: object = {}) => ({
    apiKeyId,
    day: '2026-09-01',
    operationId: ONE.operationId,
    requests: '2',
    failures: '1',
    cost: '10',
    ...changes,
  });
  async function usageOf(id: string) {
    const { edges } = (await identity.as(ada.viewer).run(READ)).myPartnerAccounts;
    const found = edges.find(({ node }: { node: { id: string } }) => node.id === id);
    return found.node.usage.edges.map(({ node }: { node: object }) => node);
  }

  test('is added up per key, operation and day; the latest day comes first', async () => {
    const { id } = await opened();
    const { apiKey } = await keyFor(id);
    const later = entry(apiKey.id, { day: '2026-09-02', operationId: 'unregistered' });
    await Promise.all([
      record([entry(apiKey.id), entry(apiKey.id)]),
      record([later, entry(apiKey.id)]),
    ]);
    const node = { apiKey: { name: 'Kiosk' } };
    expect(await usageOf(id)).toEqual([
      {
        ...node,
        day: '2026-09-02',
        operationId: 'unregistered',
        requests: '2',
        failures: '1',
        cost: '10',
      },
      {
        ...node,
        day: '2026-09-01',
        operationId: ONE.operationId,
        requests: '6',
        failures: '3',
        cost: '30',
      },
    ]);
  });

  test('that is told twice counts once', async () => {
    const { id } = await opened();
    const { apiKey } = await keyFor(id);
    const batch = randomUUID();
    await Promise.all([1, 2, 3].map(() => record([entry(apiKey.id)], batch)));
    expect(await usageOf(id)).toMatchObject([{ requests: '2' }]);
  });

  test('of keys without an account, or that are gone, is left out', async () => {
    const input = { name: 'Own', scopes: [], password: PASSWORD };
    const { apiKey } = await perform(CREATE_KEY, input, ada.viewer);
    await record([entry(apiKey.id), entry(newId('key'))]);
    const { rows } = await sql('SELECT 1 FROM operation_usage WHERE api_key_id = $1', [apiKey.id]);
    expect(rows).toEqual([]);
  });

  test('of many accounts costs one statement', async () => {
    await opened();
    const statements = await recordStatements(() => identity.as(ada.viewer).run(READ));
    expect(statements.filter((each) => each.includes('FROM operation_usage'))).toHaveLength(1);
  });
});
