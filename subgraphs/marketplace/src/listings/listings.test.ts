import { newId } from '@civitas/platform/ids';
import { recordStatements, userViewer } from '@civitas/testkit';
import { expect, test } from 'vitest';
import { listingInput, useMarketplace } from '../testing/use-marketplace.ts';

const marketplace = useMarketplace();

const FIELDS = /* GraphQL */ `
  id title description price { amountMinor currency } merchant { id } category status availableStock
`;
const PUBLISH = /* GraphQL */ `
  mutation ($input: PublishListingInput!) {
    publishListing(input: $input) {
      __typename
      ... on PublishListingSuccess { listing { ${FIELDS} } }
      ... on UserError { code path }
    }
  }
`;
const LISTING = `query ($id: ID!) { listing(id: $id) { ${FIELDS} } }`;
const LISTINGS = /* GraphQL */ `
  query ($category: ListingCategory, $first: Int! = 20, $after: String) {
    listings(category: $category, first: $first, after: $after) {
      edges { node { id } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;
const USER_LISTINGS = /* GraphQL */ `
  query ($representations: [_Any!]!, $first: Int! = 20, $after: String) {
    _entities(representations: $representations) {
      ... on User {
        listings(first: $first, after: $after) {
          edges { node { id availableStock } }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
  }
`;
const CHANGE_PRICE = /* GraphQL */ `
  mutation ($input: ChangeListingPriceInput!) {
    changeListingPrice(input: $input) {
      __typename
      ... on ChangeListingPriceSuccess { listing { price { amountMinor currency } } }
      ... on UserError { code path }
    }
  }
`;
const PAUSE = /* GraphQL */ `
  mutation ($input: PauseListingInput!) {
    result: pauseListing(input: $input) {
      __typename
      ... on PauseListingSuccess { listing { status } }
      ... on UserError { code path }
    }
  }
`;
const RESUME = PAUSE.replaceAll('PauseListing', 'ResumeListing').replace('pause', 'resume');

type Connection = {
  edges: { node: { id: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
};

const idsOf = ({ edges }: Connection) => edges.map(({ node }) => node.id);
const user = (id: string) => ({ __typename: 'User', id });

async function listingsOf(merchantId: string, viewer?: ReturnType<typeof userViewer>) {
  const variables = { representations: [user(merchantId)] };
  const { _entities } = await marketplace.as(viewer).run(USER_LISTINGS, variables);
  return idsOf(_entities[0].listings);
}

function eventsOf(listingId: string) {
  return marketplace.db.client.outboxEvent
    .findMany({ where: { aggregateId: listingId }, orderBy: { position: 'asc' } })
    .then((events) => events.map(({ type }) => type));
}

test('anybody who is signed in can publish, and everybody can read it', async () => {
  const viewer = userViewer({ kind: 'FAMILY' });
  const { description: _, ...input } = listingInput();
  const { publishListing } = await marketplace.as(viewer).run(PUBLISH, { input });
  const { listing } = await marketplace.as().run(LISTING, { id: publishListing.listing.id });
  expect(listing).toEqual(publishListing.listing);
  expect(listing).toMatchObject({
    title: input['title'],
    description: '',
    price: { amountMinor: '500', currency: 'EUR' },
    merchant: { id: viewer.id },
    status: 'ACTIVE',
    availableStock: 10,
  });
  expect(await eventsOf(listing.id)).toEqual(['marketplace.listing.published']);
});

test('nobody publishes or changes anything without signing in', async () => {
  const listingId = await marketplace.publish(userViewer());
  const codes = (document: string, input: object) => marketplace.as().codes(document, { input });
  expect(await codes(PUBLISH, listingInput())).toEqual(['UNAUTHENTICATED']);
  expect(await codes(CHANGE_PRICE, { listingId, amountMinor: '1' })).toEqual(['UNAUTHENTICATED']);
  expect(await codes(PAUSE, { listingId })).toEqual(['UNAUTHENTICATED']);
  expect(await codes(RESUME, { listingId })).toEqual(['UNAUTHENTICATED']);
});

test('nobody changes the listing of somebody else', async () => {
  const [owner, stranger] = [userViewer(), userViewer({ roles: ['MODERATOR'] })];
  const listingId = await marketplace.publish(owner);
  const before = await marketplace.as().run(LISTING, { id: listingId });
  const codes = (document: string, input: object) =>
    marketplace.as(stranger).codes(document, { input });
  expect(await codes(CHANGE_PRICE, { listingId, amountMinor: '1' })).toEqual(['FORBIDDEN']);
  expect(await codes(PAUSE, { listingId })).toEqual(['FORBIDDEN']);
  expect(await marketplace.as().run(LISTING, { id: listingId })).toEqual(before);
});

test('a paused listing is in no list but its own merchant’s, and still readable by its id', async () => {
  const owner = userViewer();
  const [kept, paused] = [await marketplace.publish(owner), await marketplace.publish(owner)];
  const input = { listingId: paused };
  const { result } = await marketplace.as(owner).run(PAUSE, { input });
  expect(result.listing.status).toBe('PAUSED');
  expect(await listingsOf(owner.id)).toEqual([kept]);
  expect(await listingsOf(owner.id, userViewer())).toEqual([kept]);
  expect((await listingsOf(owner.id, owner)).toSorted()).toEqual([kept, paused].toSorted());
  const all = await marketplace.as().run(LISTINGS, { first: 100 });
  expect(idsOf(all.listings)).not.toContain(paused);
  expect((await marketplace.as().run(LISTING, { id: paused })).listing.status).toBe('PAUSED');
  await marketplace.as(owner).run(RESUME, { input });
  expect((await listingsOf(owner.id)).toSorted()).toEqual([kept, paused].toSorted());
});

test('pausing twice, also at once, is no failure and is told once', async () => {
  const owner = userViewer();
  const listingId = await marketplace.publish(owner);
  const pauses = Array.from({ length: 8 }, () =>
    marketplace.as(owner).run(PAUSE, { input: { listingId } }),
  );
  for (const { result } of await Promise.all(pauses)) {
    expect(result).toEqual({ __typename: 'PauseListingSuccess', listing: { status: 'PAUSED' } });
  }
  expect(await eventsOf(listingId)).toEqual([
    'marketplace.listing.published',
    'marketplace.listing.paused',
  ]);
});

test('a price changes in the currency the listing has, and the same price changes nothing', async () => {
  const owner = userViewer();
  const listingId = await marketplace.publish(owner, {
    price: { amountMinor: '1500', currency: 'JPY' },
  });
  for (const amountMinor of ['1400', '1400']) {
    const input = { listingId, amountMinor };
    const { changeListingPrice } = await marketplace.as(owner).run(CHANGE_PRICE, { input });
    expect(changeListingPrice.listing.price).toEqual({ amountMinor: '1400', currency: 'JPY' });
  }
  const events = await marketplace.db.client.outboxEvent.findMany({
    where: { aggregateId: listingId, type: { not: 'marketplace.listing.published' } },
  });
  const payload = { listingId, price: { amountMinor: '1400', currency: 'JPY' } };
  expect(events).toMatchObject([{ type: 'marketplace.listing.price-changed', payload }]);
});

test('two changes in one request each answer what their merchant offers after it', async () => {
  const owner = userViewer();
  const listingId = await marketplace.publish(owner);
  const document = /* GraphQL */ `
    mutation ($id: ID!) {
      changeListingPrice(input: { listingId: $id, amountMinor: "400" }) {
        ... on ChangeListingPriceSuccess { listing { merchant { ...offers } } }
      }
      pauseListing(input: { listingId: $id }) {
        ... on PauseListingSuccess { listing { merchant { ...offers } } }
      }
    }
    fragment offers on User { listings { edges { node { status price { amountMinor } } } } }
  `;
  const price = { amountMinor: '400' };
  const offers = (status: string) => ({
    listing: { merchant: { listings: { edges: [{ node: { status, price } }] } } },
  });
  expect(await marketplace.as(owner).run(document, { id: listingId })).toEqual({
    changeListingPrice: offers('ACTIVE'),
    pauseListing: offers('PAUSED'),
  });
});

test('listings of one category come newest first, page by page, each once', async () => {
  const owner = userViewer();
  const published: string[] = [];
  for (let n = 0; n < 5; n += 1) {
    published.unshift(await marketplace.publish(owner, { category: 'TOYS' }));
    await marketplace.publish(owner, { category: 'BOOKS' });
  }
  // Equal instants make the id decide.
  const createdAt = new Date('2026-01-01T00:00:00Z');
  const [newest, ...older] = published;
  await marketplace.db.client.listing.updateMany({
    where: { id: { in: older } },
    data: { createdAt },
  });
  const seen: string[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const variables = { category: 'TOYS', first: 2, after };
    const { listings }: { listings: Connection } = await marketplace.as().run(LISTINGS, variables);
    seen.push(...idsOf(listings));
    ({ hasNextPage: more, endCursor: after } = listings.pageInfo);
  }
  expect(seen).toEqual([newest, ...older.toSorted().reverse()]);
});

test('the listings of many people and their stocks are read in one statement each', async () => {
  const merchants = [userViewer(), userViewer(), userViewer()];
  const listings: string[][] = [];
  for (const merchant of merchants) {
    const own = [await marketplace.publish(merchant), await marketplace.publish(merchant)];
    listings.push(own.toSorted().reverse());
  }
  const representations = [...merchants, userViewer()].map(({ id }) => user(id));
  let entities: { listings: Connection }[] = [];
  const statements = await recordStatements(async () => {
    entities = (await marketplace.as().run(USER_LISTINGS, { representations }))._entities;
  });
  expect(entities.map((entity) => idsOf(entity.listings).toSorted().reverse())).toEqual([
    ...listings,
    [],
  ]);
  const reads = statements.filter((text) => /\b(listing|stock)\b/.test(text));
  expect(reads).toHaveLength(2);
});

test.each([
  ['an empty title', { title: ' \t ' }, ['title']],
  ['a title that is too short', { title: ' ab ' }, ['title']],
  ['a title of two lines', { title: 'One\nTwo' }, ['title']],
  ['a NUL in the title', { title: 'Loaf\u0000' }, ['title']],
  ['a title that is too long', { title: 'x'.repeat(141) }, ['title']],
  ['a description that is too long', { description: 'x'.repeat(5001) }, ['description']],
  ['control characters in the description', { description: 'a\u0007b' }, ['description']],
  ['half a character', { description: '\ud83c' }, ['description']],
  ['a price of nothing', { price: price('0') }, ['price', 'amountMinor']],
  ['a negative price', { price: price('-1') }, ['price', 'amountMinor']],
  ['a price past all bounds', { price: price('1000000000001') }, ['price', 'amountMinor']],
  ['a negative stock', { initialStock: -1 }, ['initialStock']],
  ['a stock past all bounds', { initialStock: 1_000_001 }, ['initialStock']],
])('%s is refused with its path and nothing is stored', async (_, changes, path) => {
  const viewer = userViewer();
  const input = { ...listingInput(), ...changes };
  const { publishListing } = await marketplace.as(viewer).run(PUBLISH, { input });
  expect(publishListing).toEqual({
    __typename: 'InvalidInput',
    code: 'INVALID_INPUT',
    path: ['input', ...path],
  });
  expect(await listingsOf(viewer.id, viewer)).toEqual([]);
});

test.each([
  ['a fraction of a cent', { price: price(1.5) }],
  ['a fraction as text', { price: price('1.5') }],
  ['an unknown currency', { price: { amountMinor: '1', currency: 'XXX' } }],
  ['an unknown category', { category: 'WEAPONS' }],
  ['half a piece', { initialStock: 1.5 }],
  ['an unknown field', { merchantId: newId('usr') }],
])('%s is refused as bad input', async (_, changes) => {
  const input = { ...listingInput(), ...changes };
  expect(await marketplace.as(userViewer()).codes(PUBLISH, { input })).toEqual(['BAD_USER_INPUT']);
});

test('ids and pages that nobody gave out are refused with a code', async () => {
  const client = marketplace.as();
  for (const id of ['NOT_A_VALID_ID', newId('usr'), '', 'lst_\u0000']) {
    expect(await client.codes(LISTING, { id })).toEqual(['MALFORMED_ID']);
    expect(await client.codes(USER_LISTINGS, { representations: [user(`x${id}`)] })).toEqual([
      'MALFORMED_ID',
    ]);
  }
  expect(await client.run(LISTING, { id: newId('lst') })).toEqual({ listing: null });
  for (const first of [0, -1, 101, 1_000_000]) {
    expect(await client.codes(LISTINGS, { first })).toEqual(['PAGE_SIZE_OUT_OF_RANGE']);
  }
  await marketplace.publish(userViewer());
  const { listings } = await client.run(LISTINGS, { first: 1 });
  const variables = {
    representations: [user(newId('usr'))],
    after: listings.pageInfo.endCursor,
  };
  expect(await client.codes(USER_LISTINGS, variables)).toEqual(['MALFORMED_CURSOR']);
  expect(await client.codes(LISTINGS, { after: '💥' })).toEqual(['MALFORMED_CURSOR']);
});

test('a listing that is not there or not named like one is a failure that says so', async () => {
  for (const [listingId, code] of [
    [newId('lst'), 'LISTING_NOT_FOUND'],
    ['NOT_A_VALID_ID', 'INVALID_INPUT'],
  ]) {
    const { result } = await marketplace.as(userViewer()).run(PAUSE, { input: { listingId } });
    expect(result).toMatchObject({ code, path: ['input', 'listingId'] });
  }
});

test('the database refuses free goods, and a listing that changes hands or currency', async () => {
  const id = await marketplace.publish(userViewer());
  const update = (data: object) => marketplace.db.client.listing.update({ where: { id }, data });
  await expect(update({ priceMinor: 0n })).rejects.toThrow(/listing_price_in_bounds/);
  await expect(update({ title: '' })).rejects.toThrow(/listing_text_in_bounds/);
  await expect(update({ description: 'x'.repeat(5001) })).rejects.toThrow(/listing_text_in_bounds/);
  await expect(update({ merchantId: newId('usr') })).rejects.toThrow(/never changed/);
  await expect(update({ currency: 'CHF' })).rejects.toThrow(/never changed/);
});

function price(amountMinor: unknown) {
  return { amountMinor, currency: 'EUR' };
}
