import { newId } from '@civitas/platform/ids';
import { recordStatements, userViewer } from '@civitas/testkit';
import { expect, test } from 'vitest';
import { useMarketplace } from '../testing/use-marketplace.ts';

const marketplace = useMarketplace();

const ADJUST = /* GraphQL */ `
  mutation ($input: AdjustStockInput!) {
    adjustStock(input: $input) {
      __typename
      ... on AdjustStockSuccess {
        listing { availableStock }
        movement { delta onHandAfter reason note }
      }
      ... on InsufficientStock { available }
      ... on UserError { code path }
    }
  }
`;
const STOCK = /* GraphQL */ `
  query ($id: ID!, $first: Int! = 20, $after: String) {
    listing(id: $id) {
      availableStock
      stockMovements(first: $first, after: $after) {
        edges { node { delta onHandAfter reason note } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`;

type Viewer = ReturnType<typeof userViewer>;

async function adjust(viewer: Viewer, input: Record<string, unknown>) {
  return (await marketplace.as(viewer).run(ADJUST, { input })).adjustStock;
}

async function stockOf(id: string, viewer: Viewer) {
  const { listing } = await marketplace.as(viewer).run(STOCK, { id });
  const movements = listing.stockMovements.edges.map(({ node }: { node: object }) => node);
  return { available: listing.availableStock, movements };
}

function reserve(listingId: string, reserved: number) {
  return marketplace.db.client.stock.update({ where: { listingId }, data: { reserved } });
}

test('an adjustment changes what is available and is logged with its reason', async () => {
  const owner = userViewer();
  const listingId = await marketplace.publish(owner);
  await adjust(owner, { listingId, delta: 5, reason: 'RECEIVED', note: 'From the mill' });
  const lost = await adjust(owner, { listingId, delta: -3, reason: 'LOST' });
  expect(lost).toEqual({
    __typename: 'AdjustStockSuccess',
    listing: { availableStock: 12 },
    movement: { delta: -3, onHandAfter: 12, reason: 'LOST', note: null },
  });
  expect(await stockOf(listingId, owner)).toEqual({
    available: 12,
    movements: [
      { delta: -3, onHandAfter: 12, reason: 'LOST', note: null },
      { delta: 5, onHandAfter: 15, reason: 'RECEIVED', note: 'From the mill' },
      { delta: 10, onHandAfter: 10, reason: 'OPENING', note: null },
    ],
  });
  const events = await marketplace.db.client.outboxEvent.findMany({
    where: { aggregateId: listingId, type: 'marketplace.stock.adjusted' },
    orderBy: { position: 'asc' },
  });
  expect(events.map(({ payload }) => payload)).toEqual([
    { listingId, delta: 5, reason: 'RECEIVED', available: 15 },
    { listingId, delta: -3, reason: 'LOST', available: 12 },
  ]);
});

test('two adjustments in one request each answer the stock they left, and its log', async () => {
  const owner = userViewer();
  const listingId = await marketplace.publish(owner, { initialStock: 0 });
  const document = /* GraphQL */ `
    mutation ($input: AdjustStockInput!) {
      one: adjustStock(input: $input) { ...left }
      two: adjustStock(input: $input) { ...left }
    }
    fragment left on AdjustStockSuccess {
      listing { availableStock stockMovements { edges { node { onHandAfter } } } }
    }
  `;
  const input = { listingId, delta: 2, reason: 'CORRECTION' };
  const left = (...log: number[]) => ({
    availableStock: log[0],
    stockMovements: { edges: log.map((onHandAfter) => ({ node: { onHandAfter } })) },
  });
  expect(await marketplace.as(owner).run(document, { input })).toEqual({
    one: { listing: left(2) },
    two: { listing: left(4, 2) },
  });
});

test('reserved goods cannot go: the failure says how many can', async () => {
  const owner = userViewer();
  const listingId = await marketplace.publish(owner);
  await reserve(listingId, 4);
  expect(await adjust(owner, { listingId, delta: -7, reason: 'DAMAGED' })).toEqual({
    __typename: 'InsufficientStock',
    code: 'INSUFFICIENT_STOCK',
    path: ['input', 'delta'],
    available: 6,
  });
  const { available, movements } = await stockOf(listingId, owner);
  expect([available, movements.length]).toEqual([6, 1]);
  const exact = await adjust(owner, { listingId, delta: -6, reason: 'DAMAGED' });
  expect(exact.listing.availableStock).toBe(0);
});

test('of sixty takers at once exactly as many succeed as there are free goods', async () => {
  const owner = userViewer();
  const listingId = await marketplace.publish(owner, { initialStock: 50 });
  await reserve(listingId, 15);
  const takers = Array.from({ length: 60 }, () =>
    adjust(owner, { listingId, delta: -1, reason: 'LOST' }),
  );
  const counts = Map.groupBy(await Promise.all(takers), (result) => result.__typename);
  expect(counts.get('AdjustStockSuccess')).toHaveLength(35);
  expect(counts.get('InsufficientStock')).toHaveLength(25);
  expect((await stockOf(listingId, owner)).available).toBe(0);
});

test('forty adjustments up and down at once end where their sum says', async () => {
  const owner = userViewer();
  const listingId = await marketplace.publish(owner, { initialStock: 1000 });
  const deltas = Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? n + 1 : -n));
  await Promise.all(
    deltas.map((delta) => adjust(owner, { listingId, delta, reason: 'CORRECTION' })),
  );
  const sum = deltas.reduce((total, delta) => total + delta, 0);
  expect((await stockOf(listingId, owner)).available).toBe(1000 + sum);
});

test('only the merchant adjusts the stock and reads its log', async () => {
  const owner = userViewer();
  const listingId = await marketplace.publish(owner);
  const input = { listingId, delta: 1, reason: 'RECEIVED' };
  expect(await marketplace.as().codes(ADJUST, { input })).toEqual(['UNAUTHENTICATED']);
  expect(await marketplace.as(userViewer()).codes(ADJUST, { input })).toEqual(['FORBIDDEN']);
  for (const viewer of [undefined, userViewer({ roles: ['ADMINISTRATOR'] })]) {
    const { data, errors } = await marketplace.as(viewer).execute(STOCK, { id: listingId });
    expect(data).toEqual({ listing: { availableStock: 10, stockMovements: null } });
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['FORBIDDEN']);
  }
});

test.each([
  ['a change of nothing', { delta: 0 }, 'delta'],
  ['a change past all bounds', { delta: -1_000_001, reason: 'LOST' }, 'delta'],
  ['goods that come in as fewer', { delta: -1, reason: 'RECEIVED' }, 'delta'],
  ['goods that are lost as more', { delta: 1, reason: 'LOST' }, 'delta'],
  ['a malformed id', { listingId: 'NOT_A_VALID_ID' }, 'listingId'],
  ['control characters in the note', { note: 'a\u0000b' }, 'note'],
  ['a note that is too long', { note: 'x'.repeat(501) }, 'note'],
])('%s is refused with its path and nothing moves', async (_, changes, field) => {
  const owner = userViewer();
  const listingId = await marketplace.publish(owner);
  const refused = await adjust(owner, { listingId, delta: 1, reason: 'RECEIVED', ...changes });
  expect(refused).toMatchObject({ __typename: 'InvalidInput', path: ['input', field] });
  expect((await stockOf(listingId, owner)).available).toBe(10);
});

test.each([
  ['half a piece', { delta: 0.5 }],
  ['more than 32 bits', { delta: 2 ** 31 }],
  ['a reason of the system’s own', { reason: 'SOLD' }],
])('%s is refused as bad input', async (_, changes) => {
  const input = { listingId: newId('lst'), delta: 1, reason: 'RECEIVED', ...changes };
  expect(await marketplace.as(userViewer()).codes(ADJUST, { input })).toEqual(['BAD_USER_INPUT']);
});

test('a listing cannot hold more than its bound', async () => {
  const owner = userViewer();
  const listingId = await marketplace.publish(owner, { initialStock: 1_000_000 });
  const { client } = marketplace.db;
  const onHand = 1_000_000_000;
  const delta = onHand - 1_000_000;
  await client.stock.update({ where: { listingId }, data: { onHand } });
  await client.stockMovement.create({
    data: { listingId, delta, onHandAfter: onHand, reason: 'RECEIVED', occurredAt: new Date() },
  });
  const refused = await adjust(owner, { listingId, delta: 1, reason: 'RECEIVED' });
  expect(refused).toMatchObject({ code: 'INVALID_INPUT', path: ['input', 'delta'] });
});

test('the log comes newest first, page by page, and its cursor is of its own', async () => {
  const owner = userViewer();
  const listingId = await marketplace.publish(owner);
  for (const delta of [1, 2, 3]) await adjust(owner, { listingId, delta, reason: 'RECEIVED' });
  const seen: number[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const variables = { id: listingId, first: 3, after };
    const { listing } = await marketplace.as(owner).run(STOCK, variables);
    const { edges, pageInfo } = listing.stockMovements;
    seen.push(...edges.map(({ node }: { node: { delta: number } }) => node.delta));
    ({ hasNextPage: more, endCursor: after } = pageInfo);
  }
  expect(seen).toEqual([3, 2, 1, 10]);
  const codes = (variables: object) =>
    marketplace.as(owner).codes(STOCK, { id: listingId, ...variables });
  expect(await codes({ first: 0 })).toEqual(['PAGE_SIZE_OUT_OF_RANGE']);
  expect(await codes({ after: 'WzFd' })).toEqual(['MALFORMED_CURSOR']);
});

test('the logs of many listings are read in one statement', async () => {
  const owner = userViewer();
  const ids = [await marketplace.publish(owner), await marketplace.publish(owner)];
  const query = /* GraphQL */ `
    query ($representations: [_Any!]!) {
      _entities(representations: $representations) {
        ... on Listing { stockMovements(first: 5) { edges { node { delta } } } }
      }
    }
  `;
  const representations = ids.map((id) => ({ __typename: 'Listing', id }));
  const statements = await recordStatements(async () => {
    const { _entities } = await marketplace.as(owner).run(query, { representations });
    const logged = { stockMovements: { edges: [{ node: { delta: 10 } }] } };
    expect(_entities).toEqual([logged, logged]);
  });
  expect(statements.filter((text) => text.includes('stock_movement'))).toHaveLength(1);
});

test('the database refuses stock below what is reserved, and a log that changes', async () => {
  const listingId = await marketplace.publish(userViewer());
  const { stock, stockMovement } = marketplace.db.client;
  const change = (data: object) => stock.update({ where: { listingId }, data });
  await expect(change({ reserved: 11 })).rejects.toThrow(/stock_reserved_is_on_hand/);
  await expect(change({ reserved: -1 })).rejects.toThrow(/stock_reserved_not_negative/);
  await expect(change({ onHand: -1 })).rejects.toThrow(/stock_reserved_is_on_hand/);
  await expect(change({ onHand: 1_000_000_001 })).rejects.toThrow(/stock_on_hand_in_bounds/);
  const where = { listingId };
  await expect(stockMovement.updateMany({ where, data: { delta: 1 } })).rejects.toThrow(/never/);
  await expect(stockMovement.updateMany({ where, data: { note: 'x' } })).rejects.toThrow(/never/);
  await expect(stockMovement.deleteMany({ where })).rejects.toThrow(/never/);
  for (const [delta, reason, onHandAfter, check] of [
    [0, 'CORRECTION', 10, /stock_movement_of_something/],
    [-1, 'OPENING', 10, /stock_movement_sign_fits_reason/],
    [-1, 'RECEIVED', 10, /stock_movement_sign_fits_reason/],
    [1, 'LOST', 10, /stock_movement_sign_fits_reason/],
    [-1, 'SOLD', 10, /stock_movement_sold_with_order/],
    [-11, 'LOST', -1, /stock_movement_leaves_enough/],
  ] as const) {
    const data = { listingId, delta, onHandAfter, reason, occurredAt: new Date() };
    await expect(stockMovement.create({ data })).rejects.toThrow(check);
  }
});
