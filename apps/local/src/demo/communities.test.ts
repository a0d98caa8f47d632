import { assertCountersExact } from '@civitas/communities/testing';
import { createTestDatabase } from '@civitas/testkit';
import pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { loadCommunities } from './communities.ts';
import { createWorld, type World } from './world.ts';

const world = createWorld(1);
let client: pg.Client;

/** A database filled as `npm start` fills it, in one transaction. */
async function load(town: World): Promise<pg.Client> {
  const database = await createTestDatabase('communities');
  const connection = new pg.Client({ connectionString: database.url });
  await connection.connect();
  await connection.query('BEGIN');
  await loadCommunities(connection, town);
  await connection.query('COMMIT');
  return connection;
}

beforeAll(async () => {
  client = await load(world);
  return () => client.end();
});

async function ask(sql: string, parameters: unknown[] = []): Promise<Record<string, unknown>[]> {
  return (await client.query(sql, parameters)).rows;
}

test('there are forty communities with thousands of posts and comments in threads', async () => {
  const [counted] = await ask(`
    SELECT (SELECT count(*)::int FROM community) AS communities,
           (SELECT count(*)::int FROM post) AS posts,
           (SELECT count(*)::int FROM comment) AS comments,
           (SELECT max(depth)::int FROM comment) AS depth,
           (SELECT count(*)::int FROM post_vote) AS votes,
           (SELECT count(*)::int FROM post WHERE deleted_at IS NOT NULL) AS tombstones,
           (SELECT count(DISTINCT role)::int FROM membership) AS roles`);
  expect(counted).toEqual({
    communities: 40,
    posts: expect.toSatisfy((posts) => posts > 1_000 && posts < 3_000),
    comments: expect.toSatisfy((comments) => comments > 3_000 && comments < 10_000),
    depth: expect.toSatisfy((depth) => depth >= 5),
    votes: expect.toSatisfy((votes) => votes > 5_000),
    tombstones: expect.toSatisfy((tombstones) => tombstones > 10),
    roles: 2,
  });
});

test('every counter equals its rows', async () => {
  await assertCountersExact(client);
});

test('the civilian of the examples belongs to several communities', async () => {
  const id = world.ofKind('CIVILIAN')[0]?.id;
  const rows = await ask('SELECT community_id FROM membership WHERE user_id = $1', [id]);
  expect(rows.length).toBeGreaterThanOrEqual(3);
});

test('nothing happens before those who do it have joined, nor in the future', async () => {
  const townJoinedAt = new Map(world.people.map(({ id, joinedAt }) => [id, joinedAt]));
  const memberships = await ask(`
    SELECT user_id, joined_at, created_at FROM membership
    JOIN community ON community.id = community_id`);
  const early = memberships.filter(
    (row) =>
      !((townJoinedAt.get(String(row['user_id'])) ?? world.now) <= (row['joined_at'] as Date)) ||
      (row['joined_at'] as Date) < (row['created_at'] as Date),
  );
  expect(early).toEqual([]);
  const premature = await ask(
    `SELECT text.id FROM (
       SELECT id, community_id, author_id, created_at, deleted_at, created_at AS since FROM post
       UNION ALL
       SELECT comment.id, community_id, comment.author_id, comment.created_at, comment.deleted_at,
              greatest(post.created_at, parent.created_at)
       FROM comment JOIN post ON post.id = comment.post_id
       LEFT JOIN comment AS parent ON parent.id = comment.parent_id
     ) AS text
     LEFT JOIN membership ON membership.community_id = text.community_id AND user_id = author_id
     WHERE (created_at >= since AND created_at >= joined_at AND created_at <= $1
       AND (deleted_at IS NULL OR deleted_at BETWEEN created_at AND $1)) IS NOT TRUE`,
    [world.now],
  );
  expect(premature).toEqual([]);
});

test('the same town is made again on every start', async () => {
  const digest = `SELECT md5(string_agg(row::text, ',' ORDER BY row.id)) FROM `;
  const again = await load(createWorld(1));
  for (const table of ['community', 'post', 'comment']) {
    const { rows } = await again.query(`${digest} ${table} AS row`);
    expect(rows).toEqual(await ask(`${digest} ${table} AS row`));
  }
  await again.end();
});
