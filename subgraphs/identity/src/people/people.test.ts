import { newId } from '@civitas/platform/ids';
import { expect, test } from 'vitest';
import { useIdentity } from '../testing/use-identity.ts';

const identity = useIdentity();

const USERS = /* GraphQL */ `
  query ($kind: UserKind, $first: Int! = 20, $after: String) {
    users(kind: $kind, first: $first, after: $after) {
      edges { cursor node { __typename id } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;

test('a person is found by id with the fields of their kind', async () => {
  const family = { needsStatement: 'A desk.', householdSize: 3 };
  const { viewer, handle } = await identity.register({ family });
  const query = /* GraphQL */ `
    query ($id: ID!) {
      user(id: $id) { __typename handle displayName bio ... on Family { needsStatement householdSize verified } }
    }
  `;
  expect((await identity.as().run(query, { id: viewer.id })).user).toEqual({
    __typename: 'Family',
    handle,
    displayName: 'Test Person',
    bio: null,
    ...family,
    verified: false,
  });
});

test('an id of nobody finds nobody', async () => {
  expect(
    (await identity.as().run('query ($id: ID!) { user(id: $id) { id } }', { id: newId('usr') }))
      .user,
  ).toBeNull();
});

test.each([
  'NOT_A_VALID_ID',
  '',
  'ses_01h455vb4pex5vsknk084sn02q',
  "usr_' OR 1=1 --",
  'usr_\u0000',
])('the id %j is refused with a code before it reaches the database', async (id) => {
  const { data, errors } = await identity
    .as()
    .execute('query ($id: ID!) { user(id: $id) { id } }', { id });
  expect(data).toEqual({ user: null });
  expect(errors?.[0]).toMatchObject({
    path: ['user'],
    extensions: { code: 'MALFORMED_ID', argumentPath: 'id' },
  });
});

test('pages of one kind follow each other without gap or repetition', async () => {
  const donor = { donor: { donorType: 'PERSON' } };
  const made = new Set<string>();
  for (let n = 0; n < 5; n += 1) made.add((await identity.register(donor)).viewer.id);
  await identity.register();
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const { users } = await identity.as().run(USERS, { kind: 'DONOR', first: 2, after });
    seen.push(...users.edges.map((edge: { node: { id: string } }) => edge.node.id));
    after = users.pageInfo.hasNextPage ? users.pageInfo.endCursor : null;
  } while (after !== null);
  expect(seen.filter((id) => made.has(id))).toHaveLength(5);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toEqual(seen.toSorted().reverse());
});

test.each([
  [{ first: 0 }, 'PAGE_SIZE_OUT_OF_RANGE'],
  [{ first: -1 }, 'PAGE_SIZE_OUT_OF_RANGE'],
  [{ first: 1_000_000 }, 'PAGE_SIZE_OUT_OF_RANGE'],
  [{ after: 'x' }, 'MALFORMED_CURSOR'],
  [{ after: '' }, 'MALFORMED_CURSOR'],
])('users(%j) is refused with %s', async (variables, code) => {
  expect(await identity.as().codes(USERS, variables)).toEqual([code]);
});

test('an entity is resolved through the interface and through its own type, and only through its own', async () => {
  const { viewer } = await identity.register({ donor: { donorType: 'ORGANIZATION' } });
  const query = /* GraphQL */ `
    query ($representations: [_Any!]!) {
      _entities(representations: $representations) { __typename ... on User { displayName } }
    }
  `;
  const representations = ['User', 'Donor', 'Officer'].map((__typename) => ({
    __typename,
    id: viewer.id,
  }));
  const { _entities } = await identity.as().run(query, { representations });
  const donor = { __typename: 'Donor', displayName: 'Test Person' };
  expect(_entities).toEqual([donor, donor, null]);
});
