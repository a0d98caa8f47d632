import { newId } from '@civitas/platform/ids';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Actor, useCommunities } from '../testing/index.ts';

const scene = useCommunities();

/** The same promises hold for what can be voted on. */
const kinds = [
  { type: 'Post', field: 'post', table: 'post_vote', prefix: 'pst', deletion: 'deletePost' },
  {
    type: 'Comment',
    field: 'comment',
    table: 'comment_vote',
    prefix: 'cmt',
    deletion: 'deleteComment',
  },
] as const;

describe.each(kinds)('a vote on a $field', ({ type, field, table, prefix, deletion }) => {
  const VOTE = `mutation ($input: VoteOn${type}Input!) {
    voteOn${type}(input: $input) {
      ... on VoteOn${type}Success { ${field} { score viewerVote } }
      ... on UserError { code path }
    }
  }`;
  const READ = `query ($id: ID!) { ${field}(id: $id) { score viewerVote } }`;

  let ada: Actor;
  let id: string;
  beforeEach(async () => {
    ada = scene.somebody();
    const postId = await scene.post(ada, await scene.found(ada));
    id = field === 'post' ? postId : await scene.comment(ada, postId);
  });

  const vote = async (actor: Actor, value: string, target = id) => {
    const input = { [`${field}Id`]: target, vote: value };
    return (await actor.run(VOTE, { input }))[`voteOn${type}`];
  };

  test('counts once for each person, and can be turned and taken back', async () => {
    const ben = scene.somebody();
    const shown = (score: number, viewerVote: string) => ({ [field]: { score, viewerVote } });
    expect(await vote(ben, 'UP')).toEqual(shown(1, 'UP'));
    expect(await vote(ben, 'UP')).toEqual(shown(1, 'UP'));
    expect(await vote(ben, 'DOWN')).toEqual(shown(-1, 'DOWN'));
    expect(await vote(ada, 'DOWN')).toEqual(shown(-2, 'DOWN'));
    expect(await vote(ben, 'NONE')).toEqual(shown(-1, 'NONE'));
    expect(await vote(ben, 'NONE')).toEqual(shown(-1, 'NONE'));
    expect(await ada.run(READ, { id })).toEqual(shown(-1, 'DOWN'));
    expect(await ben.run(READ, { id })).toEqual(shown(-1, 'NONE'));
    expect(await scene.anonymous().run(READ, { id })).toEqual({
      [field]: { score: -1, viewerVote: null },
    });
  });

  test('of thirty people at the same time, and of one person ten times, is counted exactly', async () => {
    const fickle = scene.somebody();
    const others = Array.from({ length: 30 }, () => scene.somebody());
    await Promise.all([
      ...others.map((person, index) => vote(person, index % 3 === 0 ? 'DOWN' : 'UP')),
      ...Array.from({ length: 10 }, (_, n) => vote(fickle, ['UP', 'DOWN', 'NONE'][n % 3] ?? 'UP')),
    ]);
    // Ten down, twenty up, and whatever the fickle one said last; afterEach compares with the rows.
    const { [field]: read } = await fickle.run(READ, { id });
    const values: Record<string, number> = { UP: 1, DOWN: -1, NONE: 0 };
    expect(read.score).toBe(10 + (values[read.viewerVote] ?? Number.NaN));
    expect(await vote(fickle, 'NONE')).toMatchObject({ [field]: { score: 10 } });
  });

  test('is refused to somebody anonymous, on nothing, and on a tombstone', async () => {
    const path = ['input', `${field}Id`];
    const input = { [`${field}Id`]: id, vote: 'UP' };
    expect(await scene.anonymous().codes(VOTE, { input })).toEqual(['UNAUTHENTICATED']);
    const notFound = { code: `${field.toUpperCase()}_NOT_FOUND`, path };
    expect(await vote(ada, 'UP', newId(prefix))).toEqual(notFound);
    expect(await vote(ada, 'UP', 'NOT_A_VALID_ID')).toEqual({ code: 'INVALID_INPUT', path });
    expect(await ada.codes(VOTE, { input: { ...input, vote: 'SIDEWAYS' } })).toEqual([
      'BAD_USER_INPUT',
    ]);
    await ada.run(
      `mutation ($id: ID!) { ${deletion}(input: { ${field}Id: $id }) { __typename } }`,
      { id },
    );
    expect(await vote(ada, 'UP')).toEqual(notFound);
    expect(await scene.sql(`SELECT * FROM ${table} WHERE ${field}_id = $1`, [id])).toEqual([]);
  });

  test('of any other weight is refused by the database itself', async () => {
    const heavy = scene.sql(`INSERT INTO ${table} VALUES ($1, $2, 5)`, [id, ada.id]);
    await expect(heavy).rejects.toMatchObject({ constraint: `${table}_value` });
  });
});
