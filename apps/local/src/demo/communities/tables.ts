import type { ClientBase } from 'pg';
import { insertRows } from '../insert-rows.ts';

export interface CommunityRow {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly description: string;
  readonly founder_id: string;
  member_count: number;
  post_count: number;
  readonly created_at: Date;
}

export interface MembershipRow {
  readonly community_id: string;
  readonly user_id: string;
  readonly role: 'MEMBER' | 'MODERATOR';
  readonly joined_at: Date;
}

export interface PostRow {
  readonly id: string;
  readonly community_id: string;
  readonly author_id: string;
  title: string | null;
  body: string | null;
  readonly created_at: Date;
  score: number;
  comment_count: number;
  deleted_at: Date | null;
  deleted_by_id: string | null;
}

export interface CommentRow {
  readonly id: string;
  readonly post_id: string;
  readonly parent_id: string | null;
  readonly parent_depth: number | null;
  readonly depth: number;
  readonly author_id: string;
  body: string | null;
  readonly created_at: Date;
  score: number;
  deleted_at: Date | null;
  deleted_by_id: string | null;
}

/** Rows of some communities, whole: every row that one of them refers to is among them. */
export interface CommunityRows {
  readonly communities: CommunityRow[];
  readonly memberships: MembershipRow[];
  readonly posts: PostRow[];
  readonly comments: CommentRow[];
  readonly postVotes: { readonly post_id: string; readonly user_id: string; value: number }[];
  readonly commentVotes: { readonly comment_id: string; readonly user_id: string; value: number }[];
}

export function noRows(): CommunityRows {
  return {
    communities: [],
    memberships: [],
    posts: [],
    comments: [],
    postVotes: [],
    commentVotes: [],
  };
}

const authored = {
  author_id: 'text',
  body: 'text',
  created_at: 'timestamptz',
  score: 'int',
  deleted_at: 'timestamptz',
  deleted_by_id: 'text',
};
const columns = {
  community: {
    id: 'text',
    name: 'text',
    slug: 'text',
    description: 'text',
    founder_id: 'text',
    member_count: 'int',
    post_count: 'int',
    created_at: 'timestamptz',
  },
  membership: {
    community_id: 'text',
    user_id: 'text',
    role: 'member_role',
    joined_at: 'timestamptz',
  },
  post: { id: 'text', community_id: 'text', title: 'text', comment_count: 'int', ...authored },
  comment: {
    id: 'text',
    post_id: 'text',
    parent_id: 'text',
    parent_depth: 'smallint',
    depth: 'smallint',
    ...authored,
  },
  post_vote: { post_id: 'text', user_id: 'text', value: 'smallint' },
  comment_vote: { comment_id: 'text', user_id: 'text', value: 'smallint' },
};

/** Inserts them in an order in which every row finds what it refers to. */
export async function insertCommunityRows(client: ClientBase, rows: CommunityRows): Promise<void> {
  await insertRows(client, 'community', columns.community, rows.communities);
  await insertRows(client, 'membership', columns.membership, rows.memberships);
  await insertRows(client, 'post', columns.post, rows.posts);
  await insertRows(client, 'comment', columns.comment, rows.comments);
  await insertRows(client, 'post_vote', columns.post_vote, rows.postVotes);
  await insertRows(client, 'comment_vote', columns.comment_vote, rows.commentVotes);
}
