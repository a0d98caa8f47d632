import type { Random } from '../random.ts';
import type { Club } from './clubs.ts';
import { commentBody, postBody, postTitle } from './phrases.ts';
import type { CommentRow, CommunityRow, CommunityRows, MembershipRow, PostRow } from './tables.ts';

const MAX_DEPTH = 8;
const DAY_MS = 86_400_000;

/** What members of one community have posted, with the threads under it and the votes on it. */
export function addThreads(
  rows: CommunityRows,
  community: CommunityRow,
  members: readonly MembershipRow[],
  club: Club,
  { random, now }: { readonly random: Random; readonly now: Date },
): void {
  const count = 8 + random.skewed(90);
  for (let n = 0; n < count; n += 1) {
    const author = random.pick(members);
    const post = createPost(author, random.pick(club.subjects), { random, now });
    rows.posts.push(post);
    const comments = createComments(post, members, { random, now });
    rows.comments.push(...comments);
    for (const user_id of votersOf(members, 24, random)) {
      rows.postVotes.push({ post_id: post.id, user_id, value: castVote(post, random) });
    }
    for (const comment of comments) {
      for (const user_id of votersOf(members, 6, random)) {
        rows.commentVotes.push({
          comment_id: comment.id,
          user_id,
          value: castVote(comment, random),
        });
      }
    }
    deleteSome(post, comments, community, { random, now });
    post.comment_count = comments.filter(({ deleted_at }) => deleted_at === null).length;
    if (post.deleted_at === null) community.post_count += 1;
  }
}

interface Circumstances {
  readonly random: Random;
  readonly now: Date;
}

function createPost(
  author: MembershipRow,
  subject: string,
  { random, now }: Circumstances,
): PostRow {
  const at = random.instant(author.joined_at, now);
  return {
    id: random.id('pst', at),
    community_id: author.community_id,
    author_id: author.user_id,
    title: postTitle(subject, random),
    body: postBody(subject, random),
    created_at: at,
    score: 0,
    comment_count: 0,
    deleted_at: null,
    deleted_by_id: null,
  };
}

function createComments(
  post: PostRow,
  members: readonly MembershipRow[],
  { random, now }: Circumstances,
): CommentRow[] {
  const comments: CommentRow[] = [];
  const count = random.skewed(14);
  for (let n = 0; n < count; n += 1) {
    const author = random.pick(members);
    const parent = comments.length > 0 && random.chance(0.55) ? random.pick(comments) : null;
    if (parent && parent.depth >= MAX_DEPTH) continue;
    const since = Math.max((parent ?? post).created_at.getTime(), author.joined_at.getTime());
    const until = Math.min(since + 3 * DAY_MS, now.getTime());
    const at = random.instant(new Date(since), new Date(until));
    comments.push({
      id: random.id('cmt', at),
      post_id: post.id,
      parent_id: parent?.id ?? null,
      parent_depth: parent?.depth ?? null,
      depth: (parent?.depth ?? 0) + 1,
      author_id: author.user_id,
      body: commentBody(random),
      created_at: at,
      score: 0,
      deleted_at: null,
      deleted_by_id: null,
    });
  }
  return comments;
}

function votersOf(members: readonly MembershipRow[], most: number, random: Random): string[] {
  return random.sample(members, random.skewed(most)).map(({ user_id }) => user_id);
}

/** Mostly up, and counted at once. */
function castVote(text: { score: number }, random: Random): number {
  const value = random.chance(0.85) ? 1 : -1;
  text.score += value;
  return value;
}

/** A few tombstones, by the authors or the founder, after everything else in the thread. */
function deleteSome(
  post: PostRow,
  comments: readonly CommentRow[],
  { founder_id }: CommunityRow,
  { random, now }: Circumstances,
): void {
  const lastAt = Math.max(...[post, ...comments].map(({ created_at }) => created_at.getTime()));
  for (const text of [post, ...comments]) {
    if (!random.chance(0.02)) continue;
    text.body = null;
    if ('title' in text) text.title = null;
    text.deleted_at = random.instant(new Date(lastAt), now);
    text.deleted_by_id = random.chance(0.6) ? text.author_id : founder_id;
  }
}
