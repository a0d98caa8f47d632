import { newId } from '@civitas/platform/ids';
import { beforeEach, expect, test } from 'vitest';
import { type Actor, statementsOf, useCommunities } from '../testing/index.ts';

const scene = useCommunities();

const ADD = `mutation ($input: AddCommentInput!) {
  addComment(input: $input) {
    ... on AddCommentSuccess {
      comment {
        id body depth score deletedAt deletedBy viewerVote
        author { id } parent { id } post { id commentCount }
      }
    }
    ... on UserError { code path }
    ... on ReplyTooDeep { maxDepth }
  }
}`;
const DELETE = `mutation ($input: DeleteCommentInput!) {
  deleteComment(input: $input) {
    ... on DeleteCommentSuccess {
      comment { body author { id } deletedAt deletedBy post { commentCount } }
    }
    ... on UserError { code path }
  }
}`;
const THREAD = `query ($id: ID!, $first: Int! = 20, $after: String) {
  post(id: $id) {
    comments(first: $first, after: $after) {
      edges { node {
        id body
        replies(first: 2) {
          edges { node { id body replies { edges { node { id } } } } }
          pageInfo { hasNextPage endCursor }
        }
      } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

let ada: Actor;
let communityId: string;
let postId: string;
beforeEach(async () => {
  ada = scene.somebody();
  communityId = await scene.found(ada);
  postId = await scene.post(ada, communityId);
});

const add = async (actor: Actor, input: object) =>
  (await actor.run(ADD, { input: { postId, body: 'Yes', ...input } })).addComment;
const remove = async (actor: Actor, commentId: string) =>
  (await actor.run(DELETE, { input: { commentId } })).deleteComment;

test('anybody signed in comments and replies, and the post counts both', async () => {
  const ben = scene.somebody();
  const { comment } = await add(ben, { body: 'Which *bees*?' });
  expect(comment).toEqual({
    id: expect.stringMatching(/^cmt_/),
    body: 'Which *bees*?',
    depth: 1,
    score: 0,
    deletedAt: null,
    deletedBy: null,
    viewerVote: 'NONE',
    author: { id: ben.id },
    parent: null,
    post: { id: postId, commentCount: 1 },
  });
  const { comment: reply } = await add(ada, { parentId: comment.id });
  expect(reply).toMatchObject({
    depth: 2,
    parent: { id: comment.id },
    post: { commentCount: 2 },
  });
});

test('replies go eight levels deep and no further', async () => {
  let parentId: string | undefined;
  for (let depth = 1; depth <= 8; depth += 1) {
    const { comment } = await add(ada, { parentId });
    expect(comment.depth).toBe(depth);
    parentId = comment.id;
  }
  expect(await add(ada, { parentId })).toEqual({
    code: 'REPLY_TOO_DEEP',
    path: ['input', 'parentId'],
    maxDepth: 8,
  });
});

test('a reply belongs to the post of its parent', async () => {
  const parentId = await scene.comment(ada, await scene.post(ada, communityId));
  expect(await add(ada, { parentId })).toEqual({
    code: 'COMMENT_NOT_FOUND',
    path: ['input', 'parentId'],
  });
});

test('the database itself refuses a foreign parent, a false depth and half a parent', async () => {
  const foreign = await scene.comment(ada, await scene.post(ada, communityId));
  const own = await scene.comment(ada, postId);
  const insert = (parentId: string | null, parentDepth: number | null, depth: number) =>
    scene.sql(
      `INSERT INTO comment (id, post_id, parent_id, parent_depth, depth, author_id, body, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, 'Hm', now())`,
      [newId('cmt'), postId, parentId, parentDepth, depth, ada.id],
    );
  const key = { constraint: 'comment_parent_id_post_id_parent_depth_fkey' };
  await expect(insert(foreign, 1, 2)).rejects.toMatchObject(key);
  await expect(insert(own, 4, 5)).rejects.toMatchObject(key);
  const check = { constraint: 'comment_depth' };
  await expect(insert(own, null, 2)).rejects.toMatchObject(check);
  await expect(insert(own, 1, 3)).rejects.toMatchObject(check);
  await expect(insert(null, null, 2)).rejects.toMatchObject(check);
  await expect(insert(own, 8, 9)).rejects.toMatchObject(check);
});

test('a deleted comment is a tombstone with its replies; nobody replies to it', async () => {
  const ben = scene.somebody();
  const commentId = await scene.comment(ben, postId);
  const replyId = await scene.comment(ada, postId, commentId);
  const deleted = await remove(ben, commentId);
  expect(deleted).toEqual({
    comment: {
      body: null,
      author: null,
      deletedAt: expect.any(String),
      deletedBy: 'AUTHOR',
      post: { commentCount: 1 },
    },
  });
  expect(await remove(ben, commentId)).toEqual(deleted);
  const { post } = await scene.anonymous().run(THREAD, { id: postId });
  expect(post.comments.edges).toMatchObject([
    {
      node: {
        id: commentId,
        body: null,
        replies: { edges: [{ node: { id: replyId, body: 'Yes' } }] },
      },
    },
  ]);
  expect(await add(ada, { parentId: commentId })).toMatchObject({ code: 'COMMENT_NOT_FOUND' });
});

test('founder and moderators delete what others wrote; members and strangers do not', async () => {
  const [mia, ben, member] = [scene.somebody(), scene.somebody(), scene.somebody()];
  await scene.promote(mia, communityId);
  await scene.join(member, communityId);
  const [first, second] = [await scene.comment(ben, postId), await scene.comment(ben, postId)];
  const input = { commentId: first };
  expect(await member.codes(DELETE, { input })).toEqual(['FORBIDDEN']);
  expect(await scene.somebody().codes(DELETE, { input })).toEqual(['FORBIDDEN']);
  expect(await scene.anonymous().codes(DELETE, { input })).toEqual(['UNAUTHENTICATED']);
  expect(await remove(mia, first)).toMatchObject({ comment: { deletedBy: 'MODERATOR' } });
  // What is gone is as protected as what stands.
  expect(await member.codes(DELETE, { input })).toEqual(['FORBIDDEN']);
  expect(await remove(ada, second)).toMatchObject({ comment: { deletedBy: 'MODERATOR' } });
  expect(await remove(ada, newId('cmt'))).toEqual({
    code: 'COMMENT_NOT_FOUND',
    path: ['input', 'commentId'],
  });
});

test.each([
  ['a malformed post', { postId: 'NOT_A_VALID_ID' }, 'INVALID_INPUT', 'postId'],
  ['a post that is not there', { postId: newId('pst') }, 'POST_NOT_FOUND', 'postId'],
  ['a malformed parent', { parentId: 'pst_1' }, 'INVALID_INPUT', 'parentId'],
  ['a parent that is not there', { parentId: newId('cmt') }, 'COMMENT_NOT_FOUND', 'parentId'],
  ['an empty body', { body: '' }, 'INVALID_INPUT', 'body'],
  ['an over-long body', { body: 'x'.repeat(10_001) }, 'INVALID_INPUT', 'body'],
  ['a control character', { body: 'a\u0007' }, 'INVALID_INPUT', 'body'],
])('%s adds nothing', async (_, fault, code, field) => {
  expect(await add(ada, fault)).toEqual({ code, path: ['input', field] });
  expect(await scene.sql('SELECT id FROM comment WHERE post_id = $1', [postId])).toEqual([]);
});

test('nobody comments on a deleted post, and somebody anonymous on none', async () => {
  const input = { postId, body: 'Yes' };
  expect(await scene.anonymous().codes(ADD, { input })).toEqual(['UNAUTHENTICATED']);
  await ada.run(`mutation ($id: ID!) { deletePost(input: { postId: $id }) { __typename } }`, {
    id: postId,
  });
  expect(await add(ada, {})).toMatchObject({ code: 'POST_NOT_FOUND' });
});

test('comments and replies are paged oldest first, and their cursors are not exchanged', async () => {
  const comments: string[] = [];
  for (let n = 0; n < 3; n += 1) comments.push(await scene.comment(ada, postId));
  const replies: string[] = [];
  for (let n = 0; n < 3; n += 1) replies.push(await scene.comment(ada, postId, comments[0]));
  const { post } = await ada.run(THREAD, { id: postId, first: 2 });
  const ids = (edges: { node: { id: string } }[]) => edges.map(({ node }) => node.id);
  expect(ids(post.comments.edges)).toEqual(comments.slice(0, 2));
  const pageOfReplies = post.comments.edges[0].node.replies;
  expect(ids(pageOfReplies.edges)).toEqual(replies.slice(0, 2));
  const after = post.comments.pageInfo.endCursor;
  const rest = await ada.run(THREAD, { id: postId, after });
  expect(ids(rest.post.comments.edges)).toEqual(comments.slice(2));
  const moreReplies = `query ($id: ID!, $after: String, $first: Int! = 20) {
    comment(id: $id) { replies(first: $first, after: $after) {
      edges { node { id } } pageInfo { hasNextPage }
    } }
  }`;
  const id = comments[0];
  const { comment } = await ada.run(moreReplies, { id, after: pageOfReplies.pageInfo.endCursor });
  expect(ids(comment.replies.edges)).toEqual(replies.slice(2));
  expect(comment.replies.pageInfo.hasNextPage).toBe(false);
  expect(await ada.codes(moreReplies, { id, after })).toEqual(['MALFORMED_CURSOR']);
  expect(await ada.codes(moreReplies, { id, first: 0 })).toEqual(['PAGE_SIZE_OUT_OF_RANGE']);
});

test('each level of a thread costs one statement', async () => {
  for (let n = 0; n < 3; n += 1) {
    const parentId = await scene.comment(ada, postId);
    for (let m = 0; m < 2; m += 1) {
      await scene.comment(ada, postId, await scene.comment(ada, postId, parentId));
    }
  }
  // The post, its comments, their replies, and the replies to those.
  expect(await statementsOf(() => ada.run(THREAD, { id: postId }))).toHaveLength(4);
});

test('comments added and deleted at the same time are counted exactly', async () => {
  const doomed = await Promise.all(Array.from({ length: 10 }, () => scene.comment(ada, postId)));
  await Promise.all([
    ...Array.from({ length: 20 }, () => scene.comment(scene.somebody(), postId)),
    // Twice each: the second finds it deleted.
    ...[...doomed, ...doomed].map((commentId) => remove(ada, commentId)),
  ]);
  const query = 'query ($id: ID!) { post(id: $id) { commentCount } }';
  expect(await ada.run(query, { id: postId })).toEqual({ post: { commentCount: 20 } });
});
