import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { audits } from '@civitas/content/audits';
import { connectObjectStore } from '@civitas/platform/objects';
import { audit } from '@civitas/postgres/bulk';
import { createTestDatabase } from '@civitas/testkit';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoCurriculum, loadContent } from './content.ts';
import { createWorld } from './world.ts';

const world = createWorld(1);
let client: pg.Client;
const directory = await mkdtemp(join(tmpdir(), 'civitas-demo-'));
afterAll(() => rm(directory, { recursive: true }));
const objects = connectObjectStore({ url: pathToFileURL(directory).href });
beforeAll(async () => {
  const { url, drop } = await createTestDatabase('content');
  client = new pg.Client({ connectionString: url });
  await client.connect();
  // One transaction, as the caller makes it: deferred checks run at its end.
  await client.query('BEGIN');
  await loadContent(client, world, objects);
  await client.query('COMMIT');
  return async () => {
    await client.end();
    await drop();
  };
});

test('the counters of the demo subjects equal their rows, and an audit finds nothing else', async () => {
  await expect(audit(client, audits)).resolves.toBeUndefined();
});

test('the picture that a topic shows is attached to it, and there', async () => {
  const { rows } = await client.query(
    `SELECT a.sha256, a.bytes, t.markdown LIKE '%attachment:' || a.sha256 || ')%' AS "isShown"
     FROM topic_attachment AS a JOIN topic AS t ON t.id = a.topic_id`,
  );
  expect(rows).toMatchObject([{ isShown: true }]);
  const [{ sha256, bytes }] = rows;
  expect(await objects?.describe(`file/${sha256}`)).toMatchObject({ bytes });
});

test('the real curriculum is there, with 26 topics, and belongs to the first civilian', async () => {
  const { id, owner } = demoCurriculum(world);
  const { rows } = await client.query(
    'SELECT title, author_id, visibility, topic_count FROM subject WHERE id = $1',
    [id],
  );
  expect(rows).toEqual([
    { title: 'Computer science', author_id: owner.id, visibility: 'PUBLIC', topic_count: 26 },
  ]);
  expect(owner).toBe(world.ofKind('CIVILIAN')[0]);
});

test('nothing happened before its persons joined, nor in the future', async () => {
  const { rows } = await client.query(`
    SELECT author_id AS person, created_at AS at FROM subject
    UNION ALL SELECT user_id, created_at FROM subject_like
    UNION ALL SELECT user_id, created_at FROM subject_save
    UNION ALL SELECT user_id, created_at FROM subject_member
    UNION ALL SELECT unnest(author_ids), created_at FROM topic_revision
    UNION ALL SELECT author_id, created_at FROM topic_comment
    UNION ALL SELECT user_id, answered_at FROM checkpoint_attempt
    UNION ALL SELECT user_id, issued_at FROM certificate`);
  const joinedAt = new Map(world.people.map((person) => [person.id, person.joinedAt]));
  const impossible = rows.filter(({ person, at }) => {
    const joined = joinedAt.get(person);
    return joined === undefined || at < joined || at > world.now;
  });
  expect(rows.length).toBeGreaterThan(1_000);
  expect(impossible).toEqual([]);
});

test('every feature has something to show: versions, a fork, revisions, comments, references, results', async () => {
  const { rows } = await client.query(
    `
    SELECT (SELECT count(*)::int FROM subject_version WHERE published_at IS NOT NULL) AS versions,
           (SELECT count(*)::int FROM subject WHERE forked_from_id = $1) AS forks,
           (SELECT count(*)::int FROM topic_revision) AS revisions,
           (SELECT count(*)::int FROM topic_comment WHERE thread_id IS NOT NULL) AS answers,
           (SELECT count(*)::int > 0 FROM topic_reference) AS refer,
           (SELECT count(*)::int FROM subject_member WHERE accepted_at IS NULL) AS invited,
           (SELECT count(*)::int > 0 FROM checkpoint_attempt) AS answered,
           (SELECT count(*)::int > 0 FROM certificate) AS certified`,
    [demoCurriculum(world).id],
  );
  expect(rows).toEqual([
    {
      ...{ versions: 2, forks: 1, revisions: 4, answers: 2 },
      ...{ refer: true, invited: 2, answered: true, certified: true },
    },
  ]);
  const kept = await client.query(`
    SELECT sha256 FROM topic_revision UNION SELECT sha256 FROM subject_version_topic
    EXCEPT SELECT sha256 FROM text_object`);
  expect(kept.rows).toEqual([]);
});
