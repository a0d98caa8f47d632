import { newId } from '@civitas/platform/ids';
import { expect, test } from 'vitest';
import { statementsOf, useCommunities } from '../testing/index.ts';

const scene = useCommunities();

const CREATE = `mutation ($input: CreateCommunityInput!) {
  createCommunity(input: $input) {
    __typename
    ... on CreateCommunitySuccess {
      community {
        id name slug description memberCount postCount viewerIsMember
        founder { id }
        members { edges { node { id } role } }
      }
    }
    ... on UserError { code path message }
  }
}`;
const BY_SLUG = 'query ($slug: String!) { communityBySlug(slug: $slug) { id } }';
const LIST = `query ($order: CommunityOrder!, $first: Int! = 3, $after: String) {
  communities(order: $order, first: $first, after: $after) {
    edges { node { id memberCount createdAt } }
    pageInfo { hasNextPage endCursor }
  }
}`;

const uniqueSlug = () => `town-${newId('tst').slice(-12)}`;

test('a founder is the first member of the community, in the answer already', async () => {
  const ada = scene.somebody();
  const slug = uniqueSlug();
  const input = { name: ' Allotments ', slug: slug.toUpperCase(), description: 'Beds\r\nand bees' };
  const { createCommunity } = await ada.run(CREATE, { input });
  expect(createCommunity).toEqual({
    __typename: 'CreateCommunitySuccess',
    community: {
      id: expect.stringMatching(/^com_/),
      name: 'Allotments',
      slug,
      description: 'Beds\nand bees',
      memberCount: 1,
      postCount: 0,
      viewerIsMember: true,
      founder: { id: ada.id },
      members: { edges: [{ node: { id: ada.id }, role: 'FOUNDER' }] },
    },
  });
});

test('a new community is told to other subgraphs', async () => {
  const ada = scene.somebody();
  const id = await scene.found(ada);
  expect(await scene.events.of(id)).toMatchObject({
    type: 'communities.community.created',
    aggregateId: id,
    payload: { communityId: id, founderId: ada.id },
  });
});

test('an address is given once, whatever its case, also to ten who ask at the same time', async () => {
  const slug = uniqueSlug();
  const answers = await Promise.all(
    Array.from({ length: 10 }, async (_, index) => {
      const address = index % 2 === 0 ? slug : slug.toUpperCase();
      const input = { name: 'Rivals', slug: address, description: '' };
      return (await scene.somebody().run(CREATE, { input })).createCommunity;
    }),
  );
  const failures = answers.filter(({ __typename }) => __typename !== 'CreateCommunitySuccess');
  expect(failures).toHaveLength(9);
  for (const failure of failures) {
    expect(failure).toMatchObject({ code: 'COMMUNITY_SLUG_TAKEN', path: ['input', 'slug'] });
  }
  expect(await scene.sql('SELECT id FROM community WHERE slug = $1', [slug])).toHaveLength(1);
});

test.each([
  ['an empty name', { name: ' ' }, 'name'],
  ['an over-long name', { name: 'x'.repeat(81) }, 'name'],
  ['a control character', { name: 'Chess\u0007' }, 'name'],
  ['an over-long description', { description: 'x'.repeat(2001) }, 'description'],
  ['a short address', { slug: 'ab' }, 'slug'],
  ['an over-long address', { slug: 'x'.repeat(51) }, 'slug'],
  ['an address beyond ASCII', { slug: 'schach-müller' }, 'slug'],
  ['an address that reads like another', { slug: 'сhess' }, 'slug'],
  ['a double hyphen', { slug: 'chess--club' }, 'slug'],
  ['an address with a line feed', { slug: 'chess\n' }, 'slug'],
])('%s founds nothing', async (_, fault, field) => {
  const ada = scene.somebody();
  const input = { name: 'Chess', slug: uniqueSlug(), description: '', ...fault };
  const { createCommunity } = await ada.run(CREATE, { input });
  expect(createCommunity).toMatchObject({ code: 'INVALID_INPUT', path: ['input', field] });
  expect(await scene.sql('SELECT id FROM community WHERE founder_id = $1', [ada.id])).toEqual([]);
});

test('somebody anonymous founds nothing', async () => {
  const input = { name: 'Nobody', slug: uniqueSlug(), description: '' };
  expect(await scene.anonymous().codes(CREATE, { input })).toEqual(['UNAUTHENTICATED']);
});

test('a community is found by id, and by its address in any case', async () => {
  const id = await scene.found(scene.somebody());
  const anybody = scene.anonymous();
  const { community } = await anybody.run('query ($id: ID!) { community(id: $id) { slug } }', {
    id,
  });
  const slug = community.slug.toUpperCase();
  expect(await anybody.run(BY_SLUG, { slug })).toEqual({ communityBySlug: { id } });
  expect(await anybody.run(BY_SLUG, { slug: uniqueSlug() })).toEqual({ communityBySlug: null });
});

test.each([
  [
    'an id of another kind',
    '{ community(id: "usr_01h2xcejqtf2nbrexx3vqjhp41") { id } }',
    'MALFORMED_ID',
  ],
  ['a text that is no id', '{ community(id: "NOT_A_VALID_ID") { id } }', 'MALFORMED_ID'],
  ['a text that is no address', '{ communityBySlug(slug: "a b\\u0000") { id } }', 'BAD_USER_INPUT'],
  ['an empty page', '{ communities(first: 0) { edges { cursor } } }', 'PAGE_SIZE_OUT_OF_RANGE'],
  ['a huge page', '{ communities(first: 1000000) { edges { cursor } } }', 'PAGE_SIZE_OUT_OF_RANGE'],
  ['a made-up cursor', '{ communities(after: "xyz") { edges { cursor } } }', 'MALFORMED_CURSOR'],
])('%s is refused with its code', async (_, query, code) => {
  expect(await scene.anonymous().codes(query)).toEqual([code]);
});

test.each(['NEW', 'LARGEST'])('%s pages hold every community once, in order', async (order) => {
  const ids = await Promise.all([1, 2, 3, 4, 5].map(() => scene.found(scene.somebody())));
  await Promise.all([
    scene.join(scene.somebody(), ids[1] ?? ''),
    scene.join(scene.somebody(), ids[1] ?? ''),
    scene.join(scene.somebody(), ids[3] ?? ''),
  ]);
  const nodes: { id: string; memberCount: number; createdAt: string }[] = [];
  for (let after = null, more = true; more; ) {
    const { communities } = await scene.anonymous().run(LIST, { order, after });
    nodes.push(...communities.edges.map((edge: { node: object }) => edge.node));
    after = communities.pageInfo.endCursor;
    more = communities.pageInfo.hasNextPage;
  }
  const everyId = (await scene.sql('SELECT id FROM community ORDER BY id')).map(({ id }) => id);
  expect(nodes.map(({ id }) => id).sort()).toEqual(everyId);
  const keys = nodes.map(({ memberCount, createdAt, id }) => {
    const first = order === 'NEW' ? createdAt : String(memberCount).padStart(6, '0');
    return `${first} ${id}`;
  });
  expect(keys).toEqual(keys.toSorted().reverse());
});

test('a cursor of one order is refused by the other', async () => {
  await scene.found(scene.somebody());
  const { communities } = await scene.anonymous().run(LIST, { order: 'NEW', first: 1 });
  const after = communities.pageInfo.endCursor;
  const codes = await scene.anonymous().codes(LIST, { order: 'LARGEST', after });
  expect(codes).toEqual(['MALFORMED_CURSOR']);
});

test('many references to communities cost one statement', async () => {
  const ids = await Promise.all([1, 2, 3].map(() => scene.found(scene.somebody())));
  const representations = ids.map((id) => ({ __typename: 'Community', id }));
  const query = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) { ... on Community { id memberCount } }
  }`;
  const statements = await statementsOf(async () => {
    const { _entities } = await scene.anonymous().run(query, { representations });
    expect(_entities).toEqual(ids.map((id) => ({ id, memberCount: 1 })));
  });
  expect(statements).toHaveLength(1);
});

test('the database itself refuses a founder who is no member, and a second spelling', async () => {
  const insert = (slug: string) =>
    scene.sql(
      `INSERT INTO community (id, name, slug, description, founder_id, member_count, created_at)
       VALUES ($1, 'Ghosts', $2, '', 'usr_nobody', 1, now())`,
      [newId('com'), slug],
    );
  await expect(insert(uniqueSlug())).rejects.toMatchObject({
    constraint: 'community_id_founder_id_fkey',
  });
  await expect(insert(uniqueSlug().toUpperCase())).rejects.toMatchObject({
    constraint: 'community_slug_form',
  });
});
