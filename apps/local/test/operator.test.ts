import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInProcessPubSub } from '@civitas/platform/pubsub';
import { createLogger } from '@civitas/platform/telemetry';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readCommand } from '../src/operator/arguments.ts';
import { runCommand } from '../src/operator/run-command.ts';
import { idOf } from './set-up/crowd.ts';
import { openDatabases, type TestDatabases } from './set-up/open-databases.ts';
import { ENCRYPTION_SECRET, openSubgraphs } from './set-up/open-subgraphs.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const ada = idOf('usr', 1);
const session = idOf('ses', 1);
const log = createLogger({ name: 'test', level: 'silent' });
let databases: TestDatabases;

beforeAll(async () => {
  databases = await openDatabases({ demo: false });
  await databases.sql(
    'identity',
    `INSERT INTO "user" (id, kind, handle, display_name, joined_at)
     VALUES ($1, 'CIVILIAN', 'ada', 'Ada', now())`,
    [ada],
  );
});
afterAll(() => databases.drop());

const run = (command: string, secret = ENCRYPTION_SECRET) =>
  runCommand(readCommand(command.split(' ')), {
    urls: databases.urls,
    redisUrl: undefined,
    log,
    encryptionSecret: async () => secret,
  });

const logOf = (userId: string) =>
  databases.sql(
    'identity',
    `SELECT type, actor_id, session_id, subject FROM security_event
     WHERE user_id = $1 ORDER BY occurred_at, id`,
    [userId],
  );

test('makes the first administrator once, in the log of the account and for the gateways', async () => {
  expect(await run('grant-role Ada ADMINISTRATOR')).toEqual([
    'Ada now has the role ADMINISTRATOR (ADMINISTRATOR)',
  ]);
  expect(await run('grant-role ada ADMINISTRATOR')).toEqual([
    'ada had the role ADMINISTRATOR (ADMINISTRATOR)',
  ]);
  expect(await logOf(ada)).toEqual([
    { type: 'ROLE_GRANTED', actor_id: null, session_id: null, subject: 'ADMINISTRATOR' },
  ]);
  const told = await databases.sql('identity', 'SELECT type, payload FROM outbox');
  expect(told).toMatchObject([
    { type: 'identity.user.roles-changed', payload: { userId: ada, roles: ['ADMINISTRATOR'] } },
  ]);
});

test('takes a role away, but not from the last administrator', async () => {
  await run('grant-role ada SUPPORT');
  expect(await run('revoke-role ada SUPPORT')).toEqual([
    'ada no longer has the role SUPPORT (ADMINISTRATOR)',
  ]);
  expect(await run('revoke-role ada SUPPORT')).toEqual([
    'ada did not have the role SUPPORT (ADMINISTRATOR)',
  ]);
  await expect(run('revoke-role ada ADMINISTRATOR')).rejects.toThrow(
    /^Somebody has to administer the platform\.$/,
  );
});

test('ends the sessions of one person; the graph that runs tells its gateways', async () => {
  await databases.sql(
    'identity',
    `INSERT INTO session (id, user_id, created_at, rotated_at, expires_at, proved_at, proved_by)
     VALUES ($1, $2, now(), now(), now() + interval '1 day', now(), 'PASSWORD')`,
    [session, ada],
  );
  const accessChanges = createInProcessPubSub({ log });
  const heard: unknown[] = [];
  await accessChanges.subscribe('identity.access-changes', (message) => void heard.push(message));
  const graph = await openSubgraphs(databases.urls, { accessChanges });
  await graph.deliver();
  expect(await run('end-sessions ada')).toEqual(['ada: 1 sessions ended']);
  await vi.waitFor(() =>
    expect(heard).toContainEqual(expect.objectContaining({ endedSessions: [session] })),
  );
  await graph.stop();
  expect(await run('end-sessions ada')).toEqual(['ada: 0 sessions ended']);
  expect((await logOf(ada)).at(-1)).toEqual({
    type: 'SIGNED_OUT_EVERYWHERE',
    actor_id: null,
    session_id: null,
    subject: 'operator',
  });
});

test('rotates to one key that signs a day later, and only with the secret of those that are there', async () => {
  const wrong = run('rotate-keys', 'another secret that opens nothing at all');
  await expect(wrong).rejects.toThrow(/^ENCRYPTION_SECRET does not open signing key/);
  const [made = ''] = await run('rotate-keys');
  const [, id, from = ''] = /^(key_\w+) was made; it signs from (\S+)$/.exec(made) ?? [];
  expect(Date.parse(from) - Date.now()).toBeGreaterThan(23 * 60 * 60_000);
  expect(await run('rotate-keys')).toEqual([`${id} waits already; it signs from ${from}`]);
  expect(await databases.sql('identity', 'SELECT id FROM signing_key')).toHaveLength(2);
});

test('lists what is parked and applies it again, until it fails again', async () => {
  const park = (n: number, type: string, payload: unknown) =>
    databases.sql(
      'finance',
      `INSERT INTO parked_event
         (consumer, event_id, type, aggregate_id, occurred_at, payload, error, attempts, parked_at)
       VALUES ('finance', $1, $2, $3, now(), $4, E'Error:\\n\\x1b[31mno', 6, '2026-01-01T00:00Z')`,
      [idOf('evt', n), type, idOf('usr', n), JSON.stringify(payload)],
    );
  expect(await run('parked')).toEqual(['nothing is parked']);
  await park(2, 'identity.user.registered', { userId: idOf('usr', 2), kind: 'CIVILIAN' });
  await park(3, 'identity.user.unheard-of', {});
  expect((await run('parked finance'))[0]).toBe(
    `finance: finance identity.user.registered ${idOf('evt', 2)} of ${idOf('usr', 2)} since 2026-01-01T00:00:00.000Z, 6 attempts: Error: [31mno`,
  );
  await expect(run('retry-parked finance --consumer nobody')).rejects.toThrow(
    'finance has no consumer "nobody", only finance.',
  );
  await expect(run('retry-parked finance')).rejects.toThrow(
    `finance: 1 applied; failed again: ${idOf('usr', 3)}.`,
  );
  const left = await run('parked');
  expect(left).toEqual([expect.stringMatching(/unheard-of .* 7 attempts: .*no handler/)]);
  const parties = await databases.sql('finance', 'SELECT id FROM party');
  expect(parties).toContainEqual({ id: idOf('usr', 2) });
  await databases.sql('finance', 'DELETE FROM parked_event');
  expect(await run('retry-parked finance')).toEqual(['finance: 0 applied']);
});

test.each([
  ['', /^There is no command ""/],
  ['dance', /^There is no command "dance"/],
  ['parked nowhere', /^There is no subgraph "nowhere", only identity/],
  ['retry-parked', /takes 1 arguments, not 0/],
  ['rotate-keys --consumer x', /^--consumer is for retry-parked/],
  ['grant-role ada KING', /^There is no role "KING", only ADMINISTRATOR/],
  ['grant-role nobody-here SUPPORT', /^Nobody has the handle nobody-here\.$/],
  ['end-sessions --all', /^Unknown option '--all'/],
])('refuses %j in one line', async (command, line) => {
  const refused = await (async () => run(command))().catch((error: Error) => error.message);
  expect(refused).toMatch(line);
  expect(refused).not.toContain('\n');
});

test('as a process: answers, and refuses an unreachable database or missing data in one line', async () => {
  const data = await mkdtemp(join(tmpdir(), 'civitas-operator-'));
  const start = (args: string[], environment: Record<string, string>) =>
    new Promise<{ code: number; output: string; errors: string }>((resolve) => {
      const env = { ...process.env, CIVITAS_DATA: data, ...environment };
      const entry = ['apps/local/src/operator/main.ts', ...args];
      const child = execFile(process.execPath, entry, { cwd: root, env }, (_, output, errors) =>
        resolve({ code: child.exitCode ?? -1, output, errors: errors.trim() }),
      );
    });
  const [help, away, empty] = await Promise.all([
    start(['--help'], {}),
    start(['parked'], { DATABASE_URL: 'postgresql://postgres@127.0.0.1:1/postgres' }),
    start(['parked'], {}),
  ]);
  await rm(data, { recursive: true });
  expect(help).toMatchObject({
    code: 0,
    output: expect.stringContaining('rotate-keys'),
    errors: '',
  });
  expect(away.code).toBe(1);
  expect(away.errors).toMatch(/^civitas: No database at 127\.0\.0\.1:1: .*$/);
  expect(empty.code).toBe(1);
  expect(empty.errors).toMatch(/^civitas: There is no data in .*npm start.*$/);
});
