import { newId } from '@civitas/platform/ids';
import { expect, test } from 'vitest';
import { type Actor, statementsOf, useCommunities } from '../testing/index.ts';

const scene = useCommunities();

const JOIN = `mutation ($input: JoinCommunityInput!) {
  joinCommunity(input: $input) {
    ... on JoinCommunitySuccess { role community { memberCount viewerIsMember } }
    ... on UserError { code path }
  }
}`;
const LEAVE = `mutation ($input: LeaveCommunityInput!) {
  leaveCommunity(input: $input) {
    ... on LeaveCommunitySuccess { community { memberCount viewerIsMember } }
    ... on UserError { code path }
  }
}`;
const MEMBERS = `query ($id: ID!, $first: Int! = 20, $after: String) {
  community(id: $id) {
    memberCount viewerIsMember
    members(first: $first, after: $after) {
      edges { node { id } role joinedAt }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;
const OF_USERS = `query ($representations: [_Any!]!, $first: Int! = 20, $after: String) {
  _entities(representations: $representations) {
    ... on User {
      id
      communities(first: $first, after: $after) {
        edges { node { id memberCount } role joinedAt }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;

const users = (...people: Actor[]) => people.map(({ id }) => ({ __typename: 'User', id }));
const leave = async (actor: Actor, communityId: string) =>
  (await actor.run(LEAVE, { input: { communityId } })).leaveCommunity;
const join = async (actor: Actor, communityId: string) =>
  (await actor.run(JOIN, { input: { communityId } })).joinCommunity;

test('joining and leaving again change nothing, and are told once', async () => {
  const communityId = await scene.found(scene.somebody());
  const ben = scene.somebody();
  const inside = { role: 'MEMBER', community: { memberCount: 2, viewerIsMember: true } };
  expect(await join(ben, communityId)).toEqual(inside);
  expect(await join(ben, communityId)).toEqual(inside);
  const outside = { community: { memberCount: 1, viewerIsMember: false } };
  expect(await leave(ben, communityId)).toEqual(outside);
  expect(await leave(ben, communityId)).toEqual(outside);
  const told = await scene.sql(
    `SELECT type, payload FROM outbox WHERE aggregate_id = $1 ORDER BY position OFFSET 1`,
    [communityId],
  );
  const payload = { communityId, userId: ben.id };
  expect(told).toEqual([
    { type: 'communities.community.joined', payload },
    { type: 'communities.community.left', payload },
  ]);
});

test('joining again keeps the role', async () => {
  const ada = scene.somebody();
  const communityId = await scene.found(ada);
  const mia = scene.somebody();
  await scene.promote(mia, communityId);
  expect(await join(mia, communityId)).toMatchObject({ role: 'MODERATOR' });
  expect(await join(ada, communityId)).toMatchObject({ role: 'FOUNDER' });
});

test('the founder cannot leave, not even by SQL', async () => {
  const ada = scene.somebody();
  const communityId = await scene.found(ada);
  expect(await leave(ada, communityId)).toEqual({
    code: 'FOUNDER_CANNOT_LEAVE',
    path: ['input', 'communityId'],
  });
  const removal = scene.sql('DELETE FROM membership WHERE community_id = $1', [communityId]);
  await expect(removal).rejects.toMatchObject({ constraint: 'community_id_founder_id_fkey' });
});

test('a hundred joins and leaves at the same time are counted exactly', async () => {
  const communityId = await scene.found(scene.somebody());
  const people = Array.from({ length: 20 }, () => scene.somebody());
  const answers = await Promise.all(
    people.flatMap((person, index) => [
      join(person, communityId),
      leave(person, communityId),
      join(person, communityId),
      leave(person, communityId),
      ...(index % 2 === 0 ? [join(person, communityId)] : [leave(person, communityId)]),
    ]),
  );
  expect(answers.filter((answer) => 'code' in answer)).toEqual([]);
  // Whoever asked for what last, the count is the number of rows; afterEach looks again.
  const [counted] = await scene.sql(
    `SELECT member_count, (SELECT count(*)::int FROM membership WHERE community_id = $1) AS rows
     FROM community WHERE id = $1`,
    [communityId],
  );
  expect(counted?.['member_count']).toBe(counted?.['rows']);
  await Promise.all(people.map((person) => join(person, communityId)));
  const { community } = await scene.anonymous().run(MEMBERS, { id: communityId });
  expect(community.memberCount).toBe(21);
});

test('one operation that joins and leaves sees each change', async () => {
  const communityId = await scene.found(scene.somebody());
  const state = 'community { memberCount viewerIsMember }';
  const query = `mutation ($id: ID!) {
    a: joinCommunity(input: { communityId: $id }) { ... on JoinCommunitySuccess { ${state} } }
    b: leaveCommunity(input: { communityId: $id }) { ... on LeaveCommunitySuccess { ${state} } }
  }`;
  expect(await scene.somebody().run(query, { id: communityId })).toEqual({
    a: { community: { memberCount: 2, viewerIsMember: true } },
    b: { community: { memberCount: 1, viewerIsMember: false } },
  });
});

test('members are listed page by page, longest-standing first', async () => {
  const ada = scene.somebody();
  const communityId = await scene.found(ada);
  const [ben, mia] = [scene.somebody(), scene.somebody()];
  await scene.promote(ben, communityId);
  await scene.join(mia, communityId);
  const first = await mia.run(MEMBERS, { id: communityId, first: 2 });
  expect(first.community).toMatchObject({
    viewerIsMember: true,
    members: {
      edges: [
        { node: { id: ada.id }, role: 'FOUNDER' },
        { node: { id: ben.id }, role: 'MODERATOR' },
      ],
      pageInfo: { hasNextPage: true },
    },
  });
  const after = first.community.members.pageInfo.endCursor;
  const second = await scene.anonymous().run(MEMBERS, { id: communityId, first: 2, after });
  expect(second.community).toMatchObject({
    viewerIsMember: null,
    members: {
      edges: [{ node: { id: mia.id }, role: 'MEMBER' }],
      pageInfo: { hasNextPage: false },
    },
  });
});

test('the communities of many people cost one statement, latest joined first', async () => {
  const [ada, ben, mia] = [scene.somebody(), scene.somebody(), scene.somebody()];
  const chess = await scene.found(ada);
  const garden = await scene.found(ada);
  await scene.join(ben, garden);
  await scene.join(ben, chess);
  const representations = users(ada, ben, mia);
  const statements = await statementsOf(async () => {
    const { _entities } = await scene.anonymous().run(OF_USERS, { representations, first: 2 });
    const [ofAda, ofBen, ofMia] = _entities.map(
      (user: { communities: { edges: unknown } }) => user.communities.edges,
    );
    expect(ofAda).toMatchObject([
      { node: { id: garden, memberCount: 2 }, role: 'FOUNDER' },
      { node: { id: chess }, role: 'FOUNDER' },
    ]);
    expect(ofBen).toMatchObject([
      { node: { id: chess }, role: 'MEMBER' },
      { node: { id: garden }, role: 'MEMBER' },
    ]);
    expect(ofMia).toEqual([]);
  });
  expect(statements).toHaveLength(1);
});

test('members and viewerIsMember of a list of communities cost one statement each', async () => {
  const ada = scene.somebody();
  await Promise.all([1, 2, 3, 4].map(() => scene.found(ada)));
  const query =
    '{ communities(first: 4) { edges { node { viewerIsMember members { edges { role } } } } } }';
  const statements = await statementsOf(() => ada.run(query));
  expect(statements).toHaveLength(3);
});

test('a cursor of the members is refused by the communities of a person', async () => {
  const ada = scene.somebody();
  const id = await scene.found(ada);
  const { community } = await ada.run(MEMBERS, { id });
  const after = community.members.pageInfo.endCursor;
  const variables = { representations: users(ada), after };
  expect(await ada.codes(OF_USERS, variables)).toEqual(['MALFORMED_CURSOR']);
  expect(await ada.codes(OF_USERS, { ...variables, after: null, first: 101 })).toEqual([
    'PAGE_SIZE_OUT_OF_RANGE',
  ]);
});

test('a reference that is no id of a user is refused', async () => {
  const representations = [{ __typename: 'User', id: 'NOT_A_VALID_ID' }];
  expect(await scene.anonymous().codes(OF_USERS, { representations })).toEqual(['MALFORMED_ID']);
});

test('only somebody signed in joins and leaves, and only what is there', async () => {
  const unknown = newId('com');
  const input = { communityId: unknown };
  expect(await scene.anonymous().codes(JOIN, { input })).toEqual(['UNAUTHENTICATED']);
  expect(await scene.anonymous().codes(LEAVE, { input })).toEqual(['UNAUTHENTICATED']);
  const ada = scene.somebody();
  const notFound = { code: 'COMMUNITY_NOT_FOUND', path: ['input', 'communityId'] };
  expect(await join(ada, unknown)).toEqual(notFound);
  expect(await leave(ada, unknown)).toEqual(notFound);
  const malformed = { code: 'INVALID_INPUT', path: ['input', 'communityId'] };
  expect(await join(ada, 'NOT_A_VALID_ID')).toEqual(malformed);
  expect(await leave(ada, ada.id)).toEqual(malformed);
});
