import { createDatabase } from '@civitas/platform/database';
import { createLogger } from '@civitas/platform/telemetry';
import { createTestDatabase } from '@civitas/testkit';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import type { IdentityDatabase } from '../context.ts';
import { PrismaClient, type User } from '../generated/prisma/client.ts';
import { createSealer } from '../secrets/index.ts';
import { createTokenIssuer } from '../sessions/index.ts';
import { testClock } from '../testing/use-identity.ts';
import { createSigningKeys, type SigningKeys } from './index.ts';
import { EARLY_MS, KEPT_MS, PERIOD_MS } from './schedule.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const sealer = createSealer(new Uint8Array(32).fill(7));
let db: IdentityDatabase;

beforeAll(async () => {
  const { url, drop } = await createTestDatabase('identity');
  db = createDatabase({ url, createClient: (adapter) => new PrismaClient({ adapter }) });
  return async () => {
    await db.close();
    await drop();
  };
});

const person = { id: 'usr_1', kind: 'OFFICER', roles: ['MODERATOR'] } as unknown as User;
const idsOf = async (keys: SigningKeys) => (await keys.published()).map(({ kid }) => kid);

test('processes that start at once share one key, and later one successor; a token is good throughout', async () => {
  await db.client.signingKey.deleteMany();
  const clock = testClock();
  const start = () => createSigningKeys({ db, sealer, now: clock.now, log });
  const processes = await Promise.all(Array.from({ length: 5 }, start));
  const [first = '', ...others] = await Promise.all(
    processes.map(async (keys) => (await keys.signer()).id),
  );
  expect(new Set(others)).toEqual(new Set([first]));

  clock.advance(PERIOD_MS - EARLY_MS);
  const published = await Promise.all(processes.map(idsOf));
  const next = published[0]?.[1];
  expect(next).toBeDefined();
  expect(new Set(published.map(String))).toEqual(new Set([`${first},${next}`]));
  expect((await processes[0]?.signer())?.id).toBe(first);

  clock.advance(EARLY_MS - 1_000);
  const options = { issuer: 'https://civitas.test', audience: 'test', refreshSecret: 'x' };
  const [mine, theirs] = processes as [SigningKeys, SigningKeys];
  const tokens = createTokenIssuer({ ...options, keys: mine });
  const session = { id: 'ses_1', provedAt: null };
  const old = (await tokens.accessToken(person, session, clock.now())).token;
  clock.advance(1_000);
  const fresh = (await tokens.accessToken(person, session, clock.now())).token;
  expect([old, fresh].map((token) => decodeProtectedHeader(token).kid)).toEqual([first, next]);
  const trusted = createLocalJWKSet({ keys: [...(await theirs.published())] });
  for (const token of [old, fresh]) {
    const { payload } = await jwtVerify(token, trusted, {
      currentDate: clock.now(),
      typ: 'at+jwt',
    });
    expect(payload).toMatchObject({ sid: 'ses_1', aud: 'test', scope: 'platform:moderate' });
  }
  clock.advance(KEPT_MS);
  expect(await idsOf(mine)).toEqual([next]);
});

test('private halves are stored encrypted; another secret is refused with advice', async () => {
  await createSigningKeys({ db, sealer, now: () => new Date(), log });
  const rows = await db.client.$queryRaw<{ text: string }[]>`
    SELECT row_to_json(signing_key)::text AS text FROM signing_key`;
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toContain('\\"d\\"');
  const other = createSealer(new Uint8Array(32).fill(8));
  const started = createSigningKeys({ db, sealer: other, now: () => new Date(), log });
  await expect(started).rejects.toThrow(/ENCRYPTION_SECRET .* signing_key/);
});

test('while the database is away the keys that are known go on', async () => {
  const clock = testClock();
  let isAway = false;
  const faltering = {
    ...db,
    inTransaction: ((work, ...rest) =>
      isAway
        ? Promise.reject(new Error('away'))
        : db.inTransaction(work, ...rest)) as IdentityDatabase['inTransaction'],
  };
  const keys = await createSigningKeys({ db: faltering, sealer, now: clock.now, log });
  const { id } = await keys.signer();
  isAway = true;
  clock.advance(EARLY_MS);
  expect((await keys.signer()).id).toBe(id);
});
