import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@civitas/platform/telemetry';
import { cpuMsOf } from '@civitas/testkit/cpu-time';
import { hash } from '@node-rs/argon2';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { PASSWORD, useIdentity } from '../testing/use-identity.ts';
import { askRangeServer, searchBreachFile } from './index.ts';
import { strengthEstimator } from './strength.ts';

const PUBLISHED = 'seven purple lighthouses at dawn';
const asked: IncomingMessage[] = [];
/** Speaks HIBP's range API, with padding. */
const server = createServer((request, response) => {
  asked.push(request);
  const digest = createHash('sha1').update(PUBLISHED).digest('hex').toUpperCase();
  const padding = `${'0'.repeat(35)}:0\r\n${'F'.repeat(35)}:0`;
  response.end(`${padding}\r\n${digest.slice(5)}:42\r\n`);
});
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => server.close());
const urlOf = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const log = createLogger({ name: 'test', level: 'silent' });
const identity = useIdentity({ breachedPasswordsUrl: urlOf, hashing: 'as deployed' });

async function register(password: string, changes: Record<string, unknown> = {}) {
  const handle = `w${randomUUID().replaceAll('-', '').slice(0, 20)}`;
  const email = `${handle}@example.org`;
  const profile = { civilian: {} };
  const input = { email, password, displayName: 'Ada Lovelace', handle, profile, ...changes };
  const query = /* GraphQL */ `
    mutation ($input: RegisterInput!) {
      register(input: $input) {
        __typename
        ... on UserError { code message path }
        ... on WeakPassword { suggestions }
      }
    }
  `;
  return (await identity.as().run(query, { input })).register;
}

describe('a new password', () => {
  test.each(['passwordpassword', 'aaaaaaaaaaaaaaaaaaaa', 'qwertyuiopasdfgh', '123456789012345678'])(
    '%j is refused, long as it is, with what would be better',
    async (password) => {
      const refused = await register(password);
      expect(refused).toMatchObject({ code: 'WEAK_PASSWORD', path: ['input', 'password'] });
      expect(refused.suggestions.length).toBeGreaterThan(0);
    },
  );

  test('made of the person’s own name and address is refused', async () => {
    const handle = `grace-hopper-${randomUUID().slice(0, 4)}`;
    const changes = { handle, displayName: 'Grace Hopper' };
    expect((await register(`${handle}1`, changes)).code).toBe('WEAK_PASSWORD');
  });

  test('that was published is refused, and the list learns five digits of its hash', async () => {
    asked.length = 0;
    const refused = await register(PUBLISHED);
    expect(refused.code).toBe('WEAK_PASSWORD');
    expect(refused.message).toContain('break-in');
    expect(asked.map(({ url }) => url)).toEqual([expect.stringMatching(/^\/range\/[0-9A-F]{5}$/)]);
    expect(asked[0]?.headers['add-padding']).toBe('true');
    expect((await register(`${PUBLISHED}, again`)).__typename).toBe('RegistrationStarted');
  });
});

test('a list that fails, errs or is silent keeps nobody from choosing a password', async () => {
  const broken = createServer((request, response) => {
    if (request.url?.startsWith('/range/')) response.writeHead(503).end();
  });
  await once(broken.listen(0, '127.0.0.1'), 'listening');
  const { port } = broken.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  expect(await askRangeServer({ url, log }).lookUp(PUBLISHED)).toBe('unknown');
  broken.close();
  await once(broken, 'close');
  expect(await askRangeServer({ url, log }).lookUp(PUBLISHED)).toBe('unknown');
});

test('the longest and most tangled passwords are judged within a quarter of a second', async () => {
  const estimate = strengthEstimator();
  estimate(PASSWORD, []);
  for (const pattern of ['@4380(<6{9#!1|70$5+7%2', '01/02/1999', 'a1b2c3', '1234567890']) {
    const password = pattern.repeat(13).slice(0, 128);
    expect(await cpuMsOf(() => estimate(password, ['ada lovelace']))).toBeLessThan(250);
  }
});

test('a hash of lesser parameters is replaced when its owner signs in', async () => {
  const { email, viewer } = await identity.register();
  const client = new pg.Client({ connectionString: identity.databaseUrl });
  await client.connect();
  const old = await hash(PASSWORD, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
  await client.query('UPDATE account SET password_hash = $2 WHERE user_id = $1', [viewer.id, old]);
  const signIn = /* GraphQL */ `
    mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }
  `;
  for (let n = 0; n < 2; n += 1) {
    const { signIn: result } = await identity
      .as()
      .run(signIn, { input: { email, password: PASSWORD } });
    expect(result.__typename).toBe('SignInSuccess');
  }
  const { rows } = await client
    .query('SELECT password_hash FROM account WHERE user_id = $1', [viewer.id])
    .finally(() => client.end());
  expect(rows[0].password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

test('a list as a file answers without a network: first, last and between, and what is not in it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'civitas-breach-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, 'hashes.txt');
  const passwords = Array.from({ length: 500 }, (_, n) => `published password ${n}`);
  const hashes = passwords.map((each) =>
    createHash('sha1').update(each).digest('hex').toUpperCase(),
  );
  const lines = hashes.toSorted().map((hash, n) => `${hash}:${10 ** (n % 6)}`);
  const list = searchBreachFile({ path, log });
  expect(await list.lookUp('anything')).toBe('unknown');
  for (const end of ['\n', '\r\n']) {
    await writeFile(path, lines.join(end));
    const found = await Promise.all(passwords.map((each) => list.lookUp(each)));
    expect(new Set(found)).toEqual(new Set(['breached']));
    expect(await list.lookUp('nobody ever published this')).toBe('not listed');
  }
});

test('a password chosen while the list was away is looked up at the next sign-in, and its owner told', async () => {
  const { email, viewer } = await identity.register();
  const client = new pg.Client({ connectionString: identity.databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  const hashed = await hash(PUBLISHED);
  await client.query(
    'UPDATE account SET breach_unknown = true, password_hash = $2 WHERE user_id = $1',
    [viewer.id, hashed],
  );
  const input = { email, password: PUBLISHED };
  for (let n = 0; n < 2; n += 1) {
    const answer = await identity
      .as()
      .run('mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }', { input });
    expect(answer.signIn.__typename).toBe('SignInSuccess');
  }
  const { mySecurityEvents } = await identity
    .as(viewer)
    .run('{ mySecurityEvents(first: 10) { edges { node { type } } } }');
  const types = mySecurityEvents.edges.map((edge: { node: { type: string } }) => edge.node.type);
  expect(types.filter((type: string) => type === 'PASSWORD_BREACHED')).toHaveLength(1);
});
