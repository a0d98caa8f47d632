import { newId } from '@civitas/platform/ids';
import { expect, test } from 'vitest';
import { type Actor, statementsOf, useCommunities } from '../testing/index.ts';

const scene = useCommunities();

const CREATE = `mutation ($input: CreatePostInput!) {
  createPost(input: $input) {
    __typename
    ... on CreatePostSuccess {
      post {
        id title body score commentCount deletedAt deletedBy viewerVote
        author { id } community { id postCount }
      }
    }
    ... on UserError { code path }
  }
}`;
const DELETE = `mutation ($input: DeletePostInput!) {
  deletePost(input: $input) {
    ... on DeletePostSuccess {
      post { title body author { id } deletedAt deletedBy community { postCount } }
    }
    ... on UserError { code path }
  }
}`;
const LIST = `query ($id: ID!, $order: PostOrder! = NEW, $first: Int! = 2, $after: String) {
  community(id: $id) {
    posts(order: $order, first: $first, after: $after) {
      edges { node { id score } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;
const OF_USERS = `query ($representations: [_Any!]!, $first: Int! = 20, $after: String) {
  _entities(representations: $representations) {
    ... on User { posts(first: $first, after: $after) {
      edges { node { id } } pageInfo { hasNextPage endCursor }
    } }
  }
}`;

const remove = async (actor: Actor, postId: string) =>
  (await actor.run(DELETE, { input: { postId } })).deletePost;

async function pagesOf(id: string, order: string): Promise<string[]> {
  const ids: string[] = [];
  for (let after = null, more = true; more; ) {
    const { community } = await scene.anonymous().run(LIST, { id, order, after });
    ids.push(...community.posts.edges.map((edge: { node: { id: string } }) => edge.node.id));
    after = community.posts.pageInfo.endCursor;
    more = community.posts.pageInfo.hasNextPage;
  }
  return ids;
}

test('a member posts, the community counts it, and other subgraphs are told', async () => {
  const communityId = await scene.found(scene.somebody());
  const ben = scene.somebody();
  await scene.join(ben, communityId);
  const input = { communityId, title: 'Bees', body: '# Bees\r\n\tand *beds*' };
  const { createPost } = await ben.run(CREATE, { input });
  expect(createPost).toEqual({
    __typename: 'CreatePostSuccess',
    post: {
      id: expect.stringMatching(/^pst_/),
      title: 'Bees',
      body: '# Bees\n\tand *beds*',
      score: 0,
      commentCount: 0,
      deletedAt: null,
      deletedBy: null,
      viewerVote: 'NONE',
      author: { id: ben.id },
      community: { id: communityId, postCount: 1 },
    },
  });
  const postId = createPost.post.id;
  expect(await scene.events.of(postId)).toMatchObject({
    type: 'communities.post.created',
    payload: { postId, communityId, authorId: ben.id },
  });
});

test('only members post, and only where there is a community', async () => {
  const communityId = await scene.found(scene.somebody());
  const input = { communityId, title: 'Hello', body: 'Hello' };
  const stranger = scene.somebody();
  expect(await stranger.run(CREATE, { input })).toMatchObject({
    createPost: { code: 'NOT_COMMUNITY_MEMBER', path: ['input', 'communityId'] },
  });
  const nowhere = { ...input, communityId: newId('com') };
  expect(await stranger.run(CREATE, { input: nowhere })).toMatchObject({
    createPost: { code: 'COMMUNITY_NOT_FOUND', path: ['input', 'communityId'] },
  });
  expect(await scene.anonymous().codes(CREATE, { input })).toEqual(['UNAUTHENTICATED']);
  expect(await pagesOf(communityId, 'NEW')).toEqual([]);
});

test.each([
  ['a malformed id', { communityId: 'NOT_A_VALID_ID' }, 'communityId'],
  ['an empty title', { title: '\n' }, 'title'],
  ['an over-long title', { title: 'x'.repeat(201) }, 'title'],
  ['a title of two lines', { title: 'a\nb' }, 'title'],
  ['an empty body', { body: ' ' }, 'body'],
  ['an over-long body', { body: 'x'.repeat(40_001) }, 'body'],
  ['a NUL', { body: 'a\u0000b' }, 'body'],
  ['half a surrogate pair', { body: 'a\ud800b' }, 'body'],
])('%s posts nothing', async (_, fault, field) => {
  const ada = scene.somebody();
  const communityId = await scene.found(ada);
  const input = { communityId, title: 'Hello', body: 'Hello', ...fault };
  const { createPost } = await ada.run(CREATE, { input });
  expect(createPost).toMatchObject({ code: 'INVALID_INPUT', path: ['input', field] });
  expect(await pagesOf(communityId, 'NEW')).toEqual([]);
});

test('NEW and TOP pages hold every standing post once, in their order', async () => {
  const ada = scene.somebody();
  const communityId = await scene.found(ada);
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) ids.push(await scene.post(ada, communityId));
  const [oldest = '', second = '', middle = '', fourth = '', newest = ''] = ids;
  await remove(ada, middle);
  const vote = `mutation ($input: VoteOnPostInput!) { voteOnPost(input: $input) { __typename } }`;
  await scene.somebody().run(vote, { input: { postId: second, vote: 'UP' } });
  await scene.somebody().run(vote, { input: { postId: fourth, vote: 'DOWN' } });
  expect(await pagesOf(communityId, 'NEW')).toEqual([newest, fourth, second, oldest]);
  // Equal scores: the newer id first.
  expect(await pagesOf(communityId, 'TOP')).toEqual([second, newest, oldest, fourth]);
});

test('cursors of another order and pages out of range are refused', async () => {
  const ada = scene.somebody();
  const id = await scene.found(ada);
  await scene.post(ada, id);
  const { community } = await ada.run(LIST, { id, order: 'NEW' });
  const after = community.posts.pageInfo.endCursor;
  expect(await ada.codes(LIST, { id, order: 'TOP', after })).toEqual(['MALFORMED_CURSOR']);
  const representations = [{ __typename: 'User', id: ada.id }];
  expect(await ada.codes(OF_USERS, { representations, after })).toEqual(['MALFORMED_CURSOR']);
  expect(await ada.codes(LIST, { id, first: 0 })).toEqual(['PAGE_SIZE_OUT_OF_RANGE']);
  expect(await ada.codes(LIST, { id, first: 1_000_000 })).toEqual(['PAGE_SIZE_OUT_OF_RANGE']);
  expect(await ada.codes('{ post(id: "NOT_A_VALID_ID") { id } }')).toEqual(['MALFORMED_ID']);
});

test('the posts of many people, and of many communities, cost one statement', async () => {
  const [ada, ben] = [scene.somebody(), scene.somebody()];
  const [chess, garden] = [await scene.found(ada), await scene.found(ben)];
  const first = await scene.post(ada, chess);
  const second = await scene.post(ada, chess);
  const third = await scene.post(ben, garden);
  const idsIn = ({ posts }: { posts: { edges: { node: { id: string } }[] } }) =>
    posts.edges.map(({ node }) => node.id);
  const ofUsers = await statementsOf(async () => {
    const representations = [ada, ben].map(({ id }) => ({ __typename: 'User', id }));
    const { _entities } = await ada.run(OF_USERS, { representations });
    expect(_entities.map(idsIn)).toEqual([[second, first], [third]]);
  });
  expect(ofUsers).toHaveLength(1);
  const ofCommunities = await statementsOf(async () => {
    const representations = [chess, garden].map((id) => ({ __typename: 'Community', id }));
    const query = `query ($representations: [_Any!]!) {
      _entities(representations: $representations) {
        ... on Community { posts { edges { node { id viewerVote community { id } } } } }
      }
    }`;
    const { _entities } = await ada.run(query, { representations });
    expect(_entities.map(idsIn)).toEqual([[second, first], [third]]);
  });
  // The communities, their posts, and the viewer's votes on them.
  expect(ofCommunities).toHaveLength(3);
});

test('a deleted post loses its words and its author, and keeps its thread', async () => {
  const ada = scene.somebody();
  const communityId = await scene.found(ada);
  const ben = scene.somebody();
  await scene.join(ben, communityId);
  const postId = await scene.post(ben, communityId);
  const commentId = await scene.comment(ada, postId);
  const tombstone = {
    post: {
      title: null,
      body: null,
      author: null,
      deletedAt: expect.any(String),
      deletedBy: 'AUTHOR',
      community: { postCount: 0 },
    },
  };
  const deleted = await remove(ben, postId);
  expect(deleted).toEqual(tombstone);
  expect(await remove(ben, postId)).toEqual(deleted);
  const told = await scene.sql(
    'SELECT type, payload FROM outbox WHERE aggregate_id = $1 ORDER BY position OFFSET 1',
    [postId],
  );
  expect(told).toEqual([{ type: 'communities.post.deleted', payload: { postId, communityId } }]);
  const query = `query ($id: ID!) {
    post(id: $id) { title commentCount comments { edges { node { id body } } } }
  }`;
  expect(await scene.anonymous().run(query, { id: postId })).toEqual({
    post: {
      title: null,
      commentCount: 1,
      comments: { edges: [{ node: { id: commentId, body: 'Yes' } }] },
    },
  });
  const [row] = await scene.sql('SELECT title, body FROM post WHERE id = $1', [postId]);
  expect(row).toEqual({ title: null, body: null });
});

test('founder and moderators delete what others posted; members and strangers do not', async () => {
  const [ada, mia, ben] = [scene.somebody(), scene.somebody(), scene.somebody()];
  const communityId = await scene.found(ada);
  await scene.promote(mia, communityId);
  await scene.join(ben, communityId);
  const postId = await scene.post(ben, communityId);
  const input = { postId };
  const elsewhere = scene.somebody();
  await scene.found(elsewhere);
  const member = scene.somebody();
  await scene.join(member, communityId);
  for (const other of [member, elsewhere]) {
    expect(await other.codes(DELETE, { input })).toEqual(['FORBIDDEN']);
  }
  expect(await scene.anonymous().codes(DELETE, { input })).toEqual(['UNAUTHENTICATED']);
  expect(await remove(mia, postId)).toMatchObject({ post: { deletedBy: 'MODERATOR' } });
  // What is gone is as protected as what stands.
  expect(await member.codes(DELETE, { input })).toEqual(['FORBIDDEN']);
  const second = await scene.post(ben, communityId);
  expect(await remove(ada, second)).toMatchObject({ post: { deletedBy: 'MODERATOR' } });
  expect(await remove(ada, newId('pst'))).toEqual({
    code: 'POST_NOT_FOUND',
    path: ['input', 'postId'],
  });
});

test('posts made and deleted at the same time are counted exactly', async () => {
  const ada = scene.somebody();
  const communityId = await scene.found(ada);
  const doomed = await Promise.all(Array.from({ length: 10 }, () => scene.post(ada, communityId)));
  await Promise.all([
    ...Array.from({ length: 20 }, () => scene.post(ada, communityId)),
    // Twice each: the second finds it deleted.
    ...[...doomed, ...doomed].map((postId) => remove(ada, postId)),
  ]);
  const query = 'query ($id: ID!) { community(id: $id) { postCount } }';
  expect(await ada.run(query, { id: communityId })).toEqual({ community: { postCount: 20 } });
});

test('the database itself refuses a text that is half deleted, and counters below zero', async () => {
  const ada = scene.somebody();
  const postId = await scene.post(ada, await scene.found(ada));
  const half = scene.sql('UPDATE post SET deleted_at = now() WHERE id = $1', [postId]);
  await expect(half).rejects.toMatchObject({ constraint: 'post_stands_or_is_deleted' });
  const wordless = scene.sql('UPDATE post SET body = NULL WHERE id = $1', [postId]);
  await expect(wordless).rejects.toMatchObject({ constraint: 'post_stands_or_is_deleted' });
  await scene.comment(ada, postId);
  for (const [change, constraint] of [
    ['comment SET deleted_at = now()', 'comment_stands_or_is_deleted'],
    ['comment SET body = NULL', 'comment_stands_or_is_deleted'],
    ['post SET comment_count = -1', 'post_comment_count'],
    ['community SET post_count = -1', 'community_counters'],
    ['community SET member_count = 0', 'community_counters'],
  ]) {
    await expect(scene.sql(`UPDATE ${change}`)).rejects.toMatchObject({ constraint });
  }
});
