import { newId } from '@civitas/platform/ids';
import pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { useContent } from '../testing/use-content.ts';
import { openEditing } from '../testing/use-editing.ts';
import { createDocumentLog, type DocumentLog } from './document-log.ts';

const content = useContent();

let database: pg.Pool;
let log: DocumentLog;
beforeAll(() => {
  database = new pg.Pool({ connectionString: content.databaseUrl, max: 2 });
  log = createDocumentLog(database);
  return () => database.end();
});

interface Membership {
  readonly role: string;
  readonly source?: string;
  readonly accepted?: boolean;
  /** SQL. */
  readonly expires?: string;
}

/** A private topic that was opened once, and its log as a server knows it. */
async function openTopic() {
  const author = content.somebody();
  const subjectId = await content.subject(author, { visibility: 'PRIVATE' });
  const { id: topicId } = await content.topic(author, subjectId, 'Live', { markdown: 'Bees.' });
  await openEditing(content.databaseUrl).hub.open(topicId);
  const join = async (...memberships: readonly Membership[]) => {
    const { id } = content.somebody();
    for (const { role, source = 'invitation', accepted = true, expires } of memberships) {
      await database.query(
        `INSERT INTO subject_member
           (subject_id, user_id, source, role, invited_by, created_at, accepted_at, expires_at)
         VALUES ($1, $2, $3, $4::subject_role, $5, now(),
                 CASE WHEN $6 THEN now() END, now() + $7::interval)`,
        [subjectId, id, source, role, author.id, accepted, expires ?? null],
      );
    }
    return id;
  };
  const append = (
    userIds: readonly string[],
    { epoch = 1, after = 1 }: { epoch?: number; after?: number } = {},
  ) =>
    log.append({
      ...{ topicId, epoch, after, bindings: [], now: new Date() },
      updates: userIds.map((userId) => ({ userId, clientId: 5, bytes: Uint8Array.of(0, 0) })),
    });
  return { author, subjectId, topicId, join, append };
}

const LINK = newId('shl');
const PAST = '-1 second';
const SOON = '1 hour';

test('the statement that stores an edit asks who may make it at that moment, and stores all or none', async () => {
  const { author, topicId, join, append } = await openTopic();
  const refused = [
    content.somebody().id,
    await join({ role: 'COMMENTER' }),
    await join({ role: 'EDITOR', accepted: false }),
    await join({ role: 'EDITOR', expires: PAST }),
    await join({ role: 'VIEWER' }, { role: 'EDITOR', source: LINK, expires: PAST }),
  ];
  for (const id of refused) {
    expect(await append([id])).toBe(false);
    expect(await append([author.id, id])).toBe(false);
  }
  const allowed = [
    author.id,
    await join({ role: 'OWNER' }),
    await join({ role: 'EDITOR', expires: SOON }),
    await join({ role: 'VIEWER' }, { role: 'EDITOR', source: LINK, expires: SOON }),
  ];
  for (const [index, id] of allowed.entries()) {
    expect(await append([id], { after: 1 + index })).toBe(true);
  }
  expect(await append(allowed, { after: 5 })).toBe(true);
  expect(await log.read(topicId, { epoch: 0, seq: 0 })).toMatchObject({ seq: 9 });
});

test('nothing is stored behind what a server does not know, nor in an epoch that is no more', async () => {
  const { author, topicId, append } = await openTopic();
  expect(await append([author.id], { after: 0 })).toBe(false);
  expect(await append([author.id], { after: 2 })).toBe(false);
  expect(await append([author.id], { epoch: 2 })).toBe(false);
  expect(await append([author.id])).toBe(true);
  expect(await append([author.id])).toBe(false);
  const found = await log.read(topicId, { epoch: 1, seq: 1 });
  expect(found).toMatchObject({ seq: 2, updates: [Buffer.of(0, 0)] });
});

test('a server reads what roles hold, of several the highest', async () => {
  const { author, topicId, join } = await openTopic();
  await join({ role: 'EDITOR', accepted: false });
  await join({ role: 'EDITOR', expires: PAST });
  const both = await join({ role: 'VIEWER' }, { role: 'EDITOR', source: LINK });
  const less = await join({ role: 'COMMENTER' }, { role: 'EDITOR', source: LINK, expires: PAST });
  const access = {
    authorId: author.id,
    visibility: 'PRIVATE',
    roles: { [both]: 'EDITOR', [less]: 'COMMENTER' },
  };
  expect((await log.read(topicId, { epoch: 0, seq: 0 }))?.access).toEqual(access);
  expect((await log.heads([topicId]))[0]?.access).toEqual(access);
});

test('an archived topic has no log: nothing is read, stored or compared, and nobody opens it', async () => {
  const { author, topicId, append } = await openTopic();
  await content
    .as(author)
    .run('mutation ($id: ID!) { archiveTopic(input: { topicId: $id }) { __typename } }', {
      id: topicId,
    });
  expect(await append([author.id])).toBe(false);
  expect(await log.read(topicId, { epoch: 0, seq: 0 })).toBeNull();
  expect(await log.heads([topicId])).toEqual([]);
  const { hub } = openEditing(content.databaseUrl);
  await expect(hub.open(topicId)).rejects.toMatchObject({ data: { code: 'TOPIC_NOT_FOUND' } });
});
