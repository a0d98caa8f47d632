import { newId } from '@civitas/platform/ids';
import type { UserViewer } from '@civitas/platform/subgraph';
import { type TestClient, userViewer, useTestSubgraph } from '@civitas/testkit';
import pg from 'pg';
import { beforeAll } from 'vitest';
import { audits } from '../audits.ts';
import { type CommunitiesDependencies, createSubgraph } from '../index.ts';
import { type EventWitness, witnessEvents } from './witness-events.ts';

/** Somebody, with a client that is signed in as them. */
export interface Actor extends TestClient {
  readonly viewer: UserViewer;
  readonly id: string;
}

/** The subgraph of one test file, with what its tests need to set a scene through GraphQL. */
interface CommunitiesScene {
  readonly events: EventWitness;
  anonymous(): TestClient;
  somebody(): Actor;
  /** SQL straight to the database, in a connection beside the subgraph's. */
  sql(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  found(founder: Actor): Promise<string>;
  join(actor: Actor, communityId: string): Promise<void>;
  promote(actor: Actor, communityId: string): Promise<void>;
  post(author: Actor, communityId: string, title?: string): Promise<string>;
  comment(author: Actor, postId: string, parentId?: string): Promise<string>;
}

/** Every test of the file leaves all counters equal to the rows they count, or fails. */
export function useCommunities(): CommunitiesScene {
  const events = witnessEvents();
  // A millisecond for each look at the clock, so that what comes later is later.
  let instant = Date.now();
  const now = () => {
    instant += 1;
    return new Date(instant);
  };
  const create = (dependencies: CommunitiesDependencies) => {
    events.listenTo(dependencies.bus);
    return createSubgraph({ ...dependencies, now });
  };
  const opened = useTestSubgraph('communities', create, audits);
  let client: pg.Client;
  beforeAll(async () => {
    client = new pg.Client({ connectionString: opened.databaseUrl });
    await client.connect();
    return () => client.end();
  });

  const sql: CommunitiesScene['sql'] = async (text, values = []) =>
    (await client.query(text, [...values])).rows;
  return {
    events,
    sql,
    anonymous: () => opened.as(),
    somebody: () => {
      const viewer = userViewer();
      return { viewer, id: viewer.id, ...opened.as(viewer) };
    },
    found: async (founder) => {
      const input = {
        name: 'Chess club',
        slug: `club-${newId('tst').slice(-12)}`,
        description: '',
      };
      const { createCommunity } = await founder.run(FOUND, { input });
      return createCommunity.community.id;
    },
    join: async (actor, communityId) => {
      await actor.run(JOIN, { input: { communityId } });
    },
    promote: async (actor, communityId) => {
      await actor.run(JOIN, { input: { communityId } });
      await sql(
        `UPDATE membership SET role = 'MODERATOR' WHERE community_id = $1 AND user_id = $2`,
        [communityId, actor.id],
      );
    },
    post: async (author, communityId, title = 'Next meeting') => {
      const { createPost } = await author.run(POST, { input: { communityId, title, body: 'Hi' } });
      return createPost.post.id;
    },
    comment: async (author, postId, parentId) => {
      const { addComment } = await author.run(COMMENT, {
        input: { postId, parentId, body: 'Yes' },
      });
      return addComment.comment.id;
    },
  };
}

const FOUND = `mutation ($input: CreateCommunityInput!) {
  createCommunity(input: $input) { ... on CreateCommunitySuccess { community { id } } }
}`;
const JOIN = `mutation ($input: JoinCommunityInput!) {
  joinCommunity(input: $input) { ... on JoinCommunitySuccess { role } }
}`;
const POST = `mutation ($input: CreatePostInput!) {
  createPost(input: $input) { ... on CreatePostSuccess { post { id } } }
}`;
const COMMENT = `mutation ($input: AddCommentInput!) {
  addComment(input: $input) { ... on AddCommentSuccess { comment { id } } }
}`;
