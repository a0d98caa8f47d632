import type { UserKind } from '@civitas/platform/subgraph';
import type { TestGraph } from '../use-graph.ts';

/** A write through the graph, and a read that shows it: of what may be remembered, all that it changes. */
export interface CachedWrite {
  readonly writer: { readonly id: string; readonly handle: string; readonly token: string };
  readonly mutation: string;
  readonly input: object;
  readonly read: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What a write changes, places as `Type.field`, and how to make one with people and things of its own. */
interface Write {
  readonly changes: readonly string[];
  readonly prepare: (graph: TestGraph, unique: string) => Promise<CachedWrite>;
}

const changing = (changes: readonly string[], prepare: Write['prepare']): Write => ({
  changes,
  prepare,
});

/** Places that no write changes: what identifies, what is as it was made, and what only holds others. */
export const NEVER_CHANGED: readonly string[] = `
  User.id User.joinedAt
  UserConnection.pageInfo UserEdge.cursor UserEdge.node
  Listing.id Listing.title Listing.description Listing.merchant Listing.category Listing.createdAt
  ListingConnection.pageInfo ListingEdge.cursor ListingEdge.node Listing.price Money.currency
  Donation.id Donation.amount Donation.donatedAt Donation.anonymous Donation.donor Donation.family Donation.message
  DonationConnection.pageInfo DonationEdge.cursor DonationEdge.node
  Community.id Community.name Community.slug Community.description Community.founder Community.createdAt
  CommunityConnection.pageInfo CommunityEdge.cursor CommunityEdge.node
  UserCommunityConnection.pageInfo UserCommunityEdge.cursor UserCommunityEdge.node
  UserCommunityEdge.joinedAt UserCommunityEdge.role
  Subject.id Subject.author Subject.createdAt Subject.visibility
  SubjectConnection.pageInfo SubjectEdge.cursor SubjectEdge.node
  PageInfo.hasNextPage PageInfo.endCursor
`
  .trim()
  .split(/\s+/);

const profile = (
  kind: UserKind,
  fields: readonly string[],
  inputFor: (known: Readonly<Record<string, unknown>>) => object,
): Write => {
  const changes = [
    'Query.user',
    'Query.users',
    'UserConnection.edges',
    'User.displayName',
    ...fields.map((field) => `${typeOf(kind)}.${field}`),
  ];
  return changing(changes, async (graph, unique) => {
    const writer = await somebody(graph, kind);
    const known = await graph.ask(
      `query ($id: ID!) { user(id: $id) { ... on ${typeOf(kind)} { ${fields.join(' ')} } } }`,
      { id: writer.id },
    );
    const selection = fields.map((field) => `${typeOf(kind)}__${field}: ${field}`).join(' ');
    return {
      writer,
      mutation: `mutation ($input: UpdateProfileInput!) {
        updateProfile(input: $input) { ... on UpdateProfileSuccess { user { id } } } }`,
      input: { displayName: `Renamed ${unique}`, ...inputFor(known.data.user) },
      read: `query ($id: ID!, $kind: UserKind!) {
        Query__user: user(id: $id) { id User__displayName: displayName ... on ${typeOf(kind)} { ${selection} } }
        Query__users: users(kind: $kind, first: 100) {
          UserConnection__edges: edges { node { id displayName } } } }`,
      variables: { id: writer.id, kind },
    };
  });
};

/** By name; each is made with people and things of its own. */
export const CACHED_WRITES: Readonly<Record<string, Write>> = {
  'the profile of a merchant': profile('MERCHANT', ['tradeName', 'category', 'verified'], () => ({
    merchant: { tradeName: 'Another shop', category: 'other things' },
  })),
  'the profile of an officer': profile(
    'OFFICER',
    ['badgeNumber', 'department', 'verified'],
    () => ({ officer: { badgeNumber: 'CACHED-1', department: 'Another one' } }),
  ),
  'the profile of a family': profile(
    'FAMILY',
    ['needsStatement', 'householdSize', 'verified'],
    () => ({ family: { needsStatement: 'Something else', householdSize: 41 } }),
  ),
  'the profile of a donor': profile(
    'DONOR',
    ['donorType', 'anonymousByDefault'],
    ({ donorType, anonymousByDefault }) => ({
      donor: {
        donorType: donorType === 'PERSON' ? 'ORGANIZATION' : 'PERSON',
        anonymousByDefault: !anonymousByDefault,
      },
    }),
  ),
  'a handle': changing(['Query.userByHandle', 'User.handle'], async (graph, unique) => {
    const writer = await somebody(graph, 'CIVILIAN');
    return {
      writer,
      mutation: `mutation ($input: ChangeHandleInput!) {
        changeHandle(input: $input) { ... on ChangeHandleSuccess { user { id } } } }`,
      input: { handle: `moved-${unique}` },
      read: `query ($handle: String!) { Query__userByHandle: userByHandle(handle: $handle) { id User__handle: handle } }`,
      variables: { handle: writer.handle },
    };
  }),
  'a new listing': changing(['Query.listings', 'ListingConnection.edges'], async (graph) => ({
    writer: await somebody(graph, 'MERCHANT'),
    mutation: `mutation ($input: PublishListingInput!) {
      publishListing(input: $input) { ... on PublishListingSuccess { listing { id } } } }`,
    input: {
      title: 'Something new',
      price: { amountMinor: '500', currency: 'EUR' },
      category: 'TOYS',
    },
    read: `{ Query__listings: listings(category: TOYS, first: 5) {
      ListingConnection__edges: edges { node { id title } } } }`,
    variables: {},
  })),
  'the price of a listing': changing(['Query.listing', 'Money.amountMinor'], async (graph) => {
    const writer = await somebody(graph, 'MERCHANT');
    const { id, amountMinor } = await listingOf(graph, writer.id);
    return {
      writer,
      mutation: `mutation ($input: ChangeListingPriceInput!) {
        changeListingPrice(input: $input) { ... on ChangeListingPriceSuccess { listing { id } } } }`,
      input: { listingId: id, amountMinor: String(BigInt(amountMinor) + 1n) },
      read: `query ($id: ID!) {
        Query__listing: listing(id: $id) { id price { Money__amountMinor: amountMinor currency } } }`,
      variables: { id },
    };
  }),
  'the status of a listing': changing(['Listing.status'], async (graph) => {
    const writer = await somebody(graph, 'MERCHANT');
    const { id } = await listingOf(graph, writer.id);
    return {
      writer,
      mutation: `mutation ($input: PauseListingInput!) {
        pauseListing(input: $input) { ... on PauseListingSuccess { listing { id } } } }`,
      input: { listingId: id },
      read: 'query ($id: ID!) { listing(id: $id) { id Listing__status: status } }',
      variables: { id },
    };
  }),
  'a donation': changing(
    ['User.donationsReceivedTotal', 'User.donationsReceived', 'DonationConnection.edges'],
    async (graph, unique) => {
      const writer = await somebody(graph, 'DONOR');
      const { data } = await graph.ask(
        '{ me { id wallets { id balance { amountMinor currency } } } }',
        {},
        writer.token,
      );
      const wallet = data.me.wallets.find(
        ({ balance }: { balance: { amountMinor: string; currency: string } }) =>
          balance.currency === 'EUR' && BigInt(balance.amountMinor) > 0n,
      );
      const familyId = graph.world.ofKind('FAMILY')[7]?.id;
      return {
        writer,
        mutation: `mutation ($input: DonateInput!) {
        donate(input: $input) { ... on DonateSuccess { donation { id } } } }`,
        input: {
          familyId,
          fromWalletId: wallet.id,
          amountMinor: '1',
          anonymous: false,
          idempotencyKey: unique,
        },
        read: `query ($id: ID!) { user(id: $id) { id
        User__donationsReceivedTotal: donationsReceivedTotal { amountMinor currency }
        User__donationsReceived: donationsReceived(first: 3) {
          DonationConnection__edges: edges { node { id message anonymous } } } } }`,
        variables: { id: familyId },
      };
    },
  ),
  'a new community': changing(
    ['Query.communities', 'CommunityConnection.edges', 'Query.communityBySlug'],
    async (graph, unique) => ({
      writer: await somebody(graph, 'CIVILIAN'),
      mutation: `mutation ($input: CreateCommunityInput!) {
      createCommunity(input: $input) { ... on CreateCommunitySuccess { community { id } } } }`,
      input: { name: 'Founded', slug: `founded-${unique}` },
      read: `query ($slug: String!) {
      Query__communities: communities(first: 5) { CommunityConnection__edges: edges { node { id name } } }
      Query__communityBySlug: communityBySlug(slug: $slug) { id name founder { id displayName } } }`,
      variables: { slug: `founded-${unique}` },
    }),
  ),
  'a membership': changing(
    [
      'Query.community',
      'Community.memberCount',
      'User.communities',
      'UserCommunityConnection.edges',
    ],
    async (graph, unique) => {
      const writer = await somebody(graph, 'CIVILIAN');
      const id = await communityOf(graph, unique);
      return {
        writer,
        mutation: `mutation ($input: JoinCommunityInput!) {
        joinCommunity(input: $input) { ... on JoinCommunitySuccess { role } } }`,
        input: { communityId: id },
        read: `query ($id: ID!, $user: ID!) {
        Query__community: community(id: $id) { id Community__memberCount: memberCount }
        user(id: $user) { id User__communities: communities(first: 100) {
          UserCommunityConnection__edges: edges { node { id name } } } } }`,
        variables: { id, user: writer.id },
      };
    },
  ),
  'a post': changing(['Community.postCount'], async (graph, unique) => {
    const writer = await somebody(graph, 'OFFICER');
    const id = await communityOf(graph, unique, writer);
    return {
      writer,
      mutation: `mutation ($input: CreatePostInput!) {
        createPost(input: $input) { ... on CreatePostSuccess { post { id } } } }`,
      input: { communityId: id, title: 'A title', body: 'Some words' },
      read: 'query ($id: ID!) { community(id: $id) { id Community__postCount: postCount } }',
      variables: { id },
    };
  }),
  'a subject': changing(
    ['Query.subjects', 'SubjectConnection.edges', 'Subject.title', 'Subject.description'],
    async (graph, unique) => {
      const writer = await somebody(graph, 'CIVILIAN');
      const { data } = await graph.ask(
        `mutation ($input: CreateSubjectInput!) {
        createSubject(input: $input) { ... on CreateSubjectSuccess { subject { id } } } }`,
        { input: { title: `Before ${unique}`, visibility: 'PUBLIC' } },
        writer.token,
      );
      return {
        writer,
        mutation: `mutation ($input: UpdateSubjectInput!) {
        updateSubject(input: $input) { ... on UpdateSubjectSuccess { subject { id } } } }`,
        input: {
          subjectId: data.createSubject.subject.id,
          title: `After ${unique}`,
          description: 'Described',
        },
        read: `{ Query__subjects: subjects(first: 3) { SubjectConnection__edges: edges {
        node { id Subject__title: title Subject__description: description author { id displayName } } } } }`,
        variables: {},
      };
    },
  ),
};

/** Each time another one, whose profile was verified where that can be. */
async function somebody(graph: TestGraph, kind: UserKind) {
  const given = people.get(graph) ?? new Map<UserKind, Iterator<Node>>();
  people.set(graph, given);
  const verified =
    kind === 'CIVILIAN' || kind === 'DONOR' ? '' : `... on ${typeOf(kind)} { verified }`;
  if (!given.has(kind)) {
    // Not asked for by any of the reads, so that it warms nothing for them.
    const { data } = await graph.ask(
      `query ($kind: UserKind!) { users(kind: $kind, first: 40) { edges { node { id handle bio ${verified} } } } }`,
      { kind },
    );
    const nodes = data.users.edges.map(({ node }: { node: unknown }) => node);
    const demo = new Set(graph.world.ofKind(kind).map(({ id }) => id));
    given.set(
      kind,
      nodes.filter((node: Node) => node.verified !== false && demo.has(node.id)).values(),
    );
  }
  const { value } = given.get(kind)?.next() ?? {};
  return { id: value.id, handle: value.handle, token: await graph.signIn(value.handle) };
}

interface Node {
  readonly id: string;
  readonly handle: string;
  readonly verified?: boolean;
}

const people = new WeakMap<TestGraph, Map<UserKind, Iterator<Node>>>();

async function listingOf(graph: TestGraph, merchantId: string) {
  const { data } = await graph.ask(
    `query ($id: ID!) { user(id: $id) { listings(first: 1) { edges { node { id price { amountMinor } } } } } }`,
    { id: merchantId },
  );
  const { id, price } = data.user.listings.edges[0].node;
  return { id, amountMinor: price.amountMinor };
}

async function communityOf(graph: TestGraph, unique: string, founder?: { token: string }) {
  const { token } = founder ?? (await somebody(graph, 'CIVILIAN'));
  const { data } = await graph.ask(
    `mutation ($input: CreateCommunityInput!) {
      createCommunity(input: $input) { ... on CreateCommunitySuccess { community { id } } } }`,
    { input: { name: 'Of a test', slug: `of-${unique}` } },
    token,
  );
  return data.createCommunity.community.id;
}

function typeOf(kind: UserKind): string {
  return kind.charAt(0) + kind.slice(1).toLowerCase();
}
