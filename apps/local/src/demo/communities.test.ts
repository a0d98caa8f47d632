import { audits } from '@civitas/communities/audits';
import { audit } from '@civitas/postgres/bulk';
import { createTestDatabase } from '@civitas/testkit';
import pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { loadCommunities } from './communities.ts';
import { createWorld } from './world.ts';

const world = createWorld(1);
let client: pg.Client;

beforeAll(async () => {
  const { url, drop } = await createTestDatabase('communities');
  client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('BEGIN');
  await loadCommunities(client, world);
  await client.query('COMMIT');
  return async () => {
    await client.end();
    await drop();
  };
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
  await expect(audit(client, audits)).resolves.toBeUndefined();
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
