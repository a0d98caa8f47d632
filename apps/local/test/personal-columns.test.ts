import { newId } from '@civitas/platform/ids';
import { userViewer } from '@civitas/testkit';
import { beforeAll, expect, test, vi } from 'vitest';
import { type SubgraphName, subgraphNames } from '../src/subgraph-names.ts';
import { openDatabases, type TestDatabases } from './set-up/open-databases.ts';
import { type OpenSubgraphs, openSubgraphs } from './set-up/open-subgraphs.ts';
import {
  dayOf,
  insertRowsOf,
  type NumberedColumn,
  personColumns,
  wordOf,
} from './set-up/person-columns.ts';
import { KEPT_IDS, NOT_EXPORTED } from './set-up/what-happens-to-people.ts';

// Every column of every database that holds a person's id, found in the catalogues: a row with somebody in
// it for each, an export and an erasure by all five subgraphs, and what came of the row.

let databases: TestDatabases;
let opened: OpenSubgraphs;
const person = userViewer().id;
const columns = new Map<SubgraphName, readonly NumberedColumn[]>();
let count = 0;

beforeAll(async () => {
  databases = await openDatabases({ demo: false });
  await databases.sql(
    'identity',
    `INSERT INTO "user" (id, kind, handle, display_name, joined_at)
     VALUES ($1, 'CIVILIAN', 'everywhere', 'Everywhere', now())`,
    [person],
  );
  for (const name of subgraphNames) {
    const found = (await personColumns(databases, name))
      .filter(({ table, column }) => `${table}.${column}` !== 'user.id')
      .map((each) => ({ ...each, nth: count++ }));
    columns.set(name, found);
    await insertRowsOf(databases, name, found, { person, another: userViewer().id });
  }
  // Only one request of a person runs at a time.
  await databases.sql('identity', `UPDATE data_request SET stage = 'COMPLETED'`);
  opened = await openSubgraphs(databases.urls);
  return async () => {
    await opened.stop();
    await databases.drop();
  };
}, 60_000);

const every = () =>
  [...columns].flatMap(([name, found]) =>
    found.map((each) => ({
      day: dayOf(each.nth),
      at: `${name}.${each.table}.${each.column}`,
      ...each,
    })),
  );

/** Asks all subgraphs by the event that identity sends, and waits for five answers that are the last. */
async function askAll(kind: 'EXPORT' | 'ERASURE', type: string): Promise<string> {
  const id = newId('dpr');
  const stage = kind === 'EXPORT' ? 'COLLECTING' : 'ERASING';
  await databases.sql(
    'identity',
    `INSERT INTO data_request (id, user_id, kind, stage, due_at, requested_at)
     VALUES ($1, $2, $3, $4, now() + interval '1 hour', now())`,
    [id, person, kind, stage],
  );
  await databases.sql(
    'identity',
    `INSERT INTO outbox (id, type, aggregate_id, occurred_at, payload)
     VALUES ($1, $2, $3 || '.1', now(), jsonb_build_object('requestId', $3::text, 'userId', $4::text, 'attempt', 1))`,
    [newId('evt'), type, id, person],
  );
  await databases.sql('identity', `SELECT pg_notify('outbox', '')`);
  const answered = `SELECT 1 FROM data_request_part WHERE request_id = $1 AND last`;
  await vi.waitFor(
    async () =>
      expect(await databases.sql('identity', answered, [id])).toHaveLength(subgraphNames.length),
    { timeout: 20_000, interval: 50 },
  );
  return id;
}

test('whatever names somebody is in their export and leaves with them, or there is a reason', async () => {
  await opened.deliver();
  const exportId = await askAll('EXPORT', 'identity.data-export.requested');
  const parts = await databases.sql(
    'identity',
    'SELECT rows::text FROM data_request_part WHERE request_id = $1',
    [exportId],
  );
  const exported = parts.map(({ rows }) => rows).join();
  const missing = every().filter(
    (each) => !exported.includes(wordOf(each)) && !exported.includes(each.day),
  );
  expect(missing.map(({ at }) => at).sort()).toEqual(Object.keys(NOT_EXPORTED).sort());

  for (const [nth, type] of [
    'content.personal-data.exported',
    'content.subject.created',
  ].entries()) {
    await databases.sql(
      'identity',
      `INSERT INTO parked_event
         (consumer, event_id, type, aggregate_id, occurred_at, payload, error, attempts, parked_at)
       VALUES ('identity', $1, $2, $1, now(), $3, 'no', 6, now())`,
      [`evt_${nth}`, type, JSON.stringify({ userId: person })],
    );
  }
  await askAll('ERASURE', 'identity.user.erased');
  const left = new Set<string>();
  for (const name of subgraphNames) {
    for (const { table, column } of columns.get(name) ?? []) {
      const rows = await databases.sql(
        name,
        `SELECT 1 FROM "${table}" WHERE $1 = ANY (ARRAY["${column}"]::text[]) LIMIT 1`,
        [person],
      );
      if (rows.length > 0) left.add(`${name}.${table}.${column}`);
    }
  }
  expect([...left].sort()).toEqual(Object.keys(KEPT_IDS).sort());
  // Parts of exports hold everything of them, wherever they got stuck.
  expect(await databases.sql('identity', 'SELECT type FROM parked_event')).toEqual([
    { type: 'content.subject.created' },
  ]);
}, 60_000);
