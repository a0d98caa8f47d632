import { newId } from '@civitas/platform/ids';
import { recordStatements, userViewer } from '@civitas/testkit';
import { expect, test } from 'vitest';
import { placeOrder } from '../testing/place-order.ts';
import { useMarketplace } from '../testing/use-marketplace.ts';

const marketplace = useMarketplace();

const FIELDS = /* GraphQL */ `
  id status placedAt
  buyer { id }
  merchant { id }
  total { amountMinor currency }
  lines {
    title quantity
    unitPrice { amountMinor currency }
    lineTotal { amountMinor }
    listing { id title price { amountMinor } }
  }
`;
const ORDER = `query ($id: ID!) { order(id: $id) { ${FIELDS} } }`;
const ENTITIES = /* GraphQL */ `
  query ($representations: [_Any!]!, $first: Int! = 20, $after: String) {
    _entities(representations: $representations) {
      ... on Order { id }
      ... on User {
        orders(first: $first, after: $after) { ...page }
        sales(first: $first) { ...page }
      }
    }
  }
  fragment page on OrderConnection {
    edges { node { id lines { listing { id } } } }
    pageInfo { hasNextPage endCursor }
  }
`;

type Connection = {
  edges: { node: { id: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
};

const idsOf = ({ edges }: Connection) => edges.map(({ node }) => node.id);
const user = (id: string) => ({ __typename: 'User', id });

/** A buyer, a merchant with two listings, and an order of both. */
async function trade() {
  const [buyer, merchant] = [userViewer(), userViewer({ kind: 'MERCHANT' })];
  const bread = await marketplace.publish(merchant, { title: 'Bread' });
  const cake = await marketplace.publish(merchant, {
    title: 'Cake',
    price: { amountMinor: '1890', currency: 'EUR' },
  });
  const lines = [[cake, 1] as const, [bread, 3] as const];
  const id = await placeOrder(marketplace.db, {
    buyerId: buyer.id,
    merchantId: merchant.id,
    lines,
  });
  return { buyer, merchant, bread, cake, id };
}

test('buyer and merchant read an order with its lines in sequence and a total that adds up', async () => {
  const { buyer, merchant, bread, cake, id } = await trade();
  const { order } = await marketplace.as(buyer).run(ORDER, { id });
  expect(order).toMatchObject({
    id,
    status: 'PAID',
    buyer: { id: buyer.id },
    merchant: { id: merchant.id },
    total: { amountMinor: '3390', currency: 'EUR' },
    lines: [
      { title: 'Cake', quantity: 1, lineTotal: { amountMinor: '1890' }, listing: { id: cake } },
      { title: 'Bread', quantity: 3, lineTotal: { amountMinor: '1500' }, listing: { id: bread } },
    ],
  });
  expect(await marketplace.as(merchant).run(ORDER, { id })).toEqual({ order });
});

test('an order keeps the price it was placed at, and its listing shows the price of today', async () => {
  const { buyer, merchant, bread, id } = await trade();
  const change = /* GraphQL */ `
    mutation ($input: ChangeListingPriceInput!) { changeListingPrice(input: $input) { __typename } }
  `;
  const input = { listingId: bread, amountMinor: '999' };
  await marketplace.as(merchant).run(change, { input });
  const { order } = await marketplace.as(buyer).run(ORDER, { id });
  expect(order.lines[1]).toMatchObject({
    unitPrice: { amountMinor: '500', currency: 'EUR' },
    listing: { price: { amountMinor: '999' } },
  });
});

test('for everybody else an order is not there, by any path', async () => {
  const { id } = await trade();
  const representations = [{ __typename: 'Order', id }];
  const stranger = marketplace.as(userViewer({ roles: ['ADMINISTRATOR'] }));
  expect(await stranger.run(ORDER, { id })).toEqual({ order: null });
  expect(await stranger.run(ENTITIES, { representations })).toEqual({ _entities: [null] });
  for (const document of [ORDER, ENTITIES]) {
    const { data, errors } = await marketplace.as().execute(document, { id, representations });
    expect([data.order ?? null, data._entities?.[0] ?? null]).toEqual([null, null]);
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['UNAUTHENTICATED']);
  }
});

test('what somebody bought and sold is for them alone to read', async () => {
  const { buyer, merchant, id } = await trade();
  const representations = [user(buyer.id), user(merchant.id)];
  const asBuyer = await marketplace.as(buyer).execute(ENTITIES, { representations });
  const [own, others] = asBuyer.data._entities;
  expect([idsOf(own.orders), idsOf(own.sales)]).toEqual([[id], []]);
  expect(others).toEqual({ orders: null, sales: null });
  expect(asBuyer.errors?.map(({ extensions }) => extensions?.['code'])).toEqual([
    'FORBIDDEN',
    'FORBIDDEN',
  ]);
  const asMerchant = await marketplace.as(merchant).execute(ENTITIES, { representations });
  expect(idsOf(asMerchant.data._entities[1].sales)).toEqual([id]);
  expect(asMerchant.data._entities[0]).toEqual({ orders: null, sales: null });
  expect(await marketplace.as().codes(ENTITIES, { representations: [user(buyer.id)] })).toEqual([
    'UNAUTHENTICATED',
    'UNAUTHENTICATED',
  ]);
});

test('orders come newest first, page by page, each once, with their lines in one statement', async () => {
  const { buyer, merchant, bread, id } = await trade();
  const ids = [id];
  for (let hours = 1; hours <= 4; hours += 1) {
    const placedAt = new Date(Date.now() - hours * 3_600_000);
    const draft = { buyerId: buyer.id, merchantId: merchant.id, placedAt };
    ids.push(await placeOrder(marketplace.db, { ...draft, lines: [[bread, hours]] }));
  }
  const seen: string[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const variables = { representations: [user(buyer.id)], first: 2, after };
    const { _entities } = await marketplace.as(buyer).run(ENTITIES, variables);
    const orders: Connection = _entities[0].orders;
    seen.push(...idsOf(orders));
    ({ hasNextPage: more, endCursor: after } = orders.pageInfo);
  }
  expect(seen).toEqual(ids);
  const statements = await recordStatements(() =>
    marketplace.as(merchant).codes(ENTITIES, { representations: [user(merchant.id)] }),
  );
  expect(statements.filter((text) => text.includes('order_line'))).toHaveLength(1);
  expect(statements.filter((text) => /FROM "public"."listing"/.test(text))).toHaveLength(1);
});

test('malformed ids, pages and cursors of another list are refused with a code', async () => {
  const { buyer, merchant, id } = await trade();
  const client = marketplace.as(merchant);
  for (const malformed of ['NOT_A_VALID_ID', newId('lst'), `${id}\u0000`]) {
    expect(await client.codes(ORDER, { id: malformed })).toEqual(['MALFORMED_ID']);
  }
  expect(await client.run(ORDER, { id: newId('ord') })).toEqual({ order: null });
  const representations = [user(buyer.id)];
  const codes = (variables: object) =>
    marketplace.as(buyer).codes(ENTITIES, { representations, ...variables });
  for (const first of [0, 1_000_000]) {
    expect(await codes({ first })).toEqual(['PAGE_SIZE_OUT_OF_RANGE', 'PAGE_SIZE_OUT_OF_RANGE']);
  }
  const { _entities } = await client
    .execute(ENTITIES, { representations: [user(merchant.id)] })
    .then(({ data }) => data);
  const cursorOfSales = _entities[0].sales.pageInfo.endCursor;
  expect(await codes({ after: cursorOfSales })).toEqual(['MALFORMED_CURSOR']);
});

test('the database refuses an order that does not add up, has no lines, or gets one later', async () => {
  const { buyer, merchant, bread, id } = await trade();
  const { db } = marketplace;
  const order = {
    buyerId: buyer.id,
    merchantId: merchant.id,
    currency: 'EUR' as const,
    totalMinor: 500n,
    units: 1,
    status: 'PAID' as const,
    placedAt: new Date(),
  };
  const line = {
    position: 1,
    listingId: bread,
    merchantId: merchant.id,
    currency: 'EUR' as const,
    title: 'Bread',
    unitPriceMinor: 500n,
    quantity: 1,
    lineTotalMinor: 500n,
  };
  const write = (changes: object, ...lines: object[]) =>
    db.inTransaction(async (tx) => {
      const orderId = newId('ord');
      await tx.order.create({ data: { id: orderId, ...order, ...changes } });
      await tx.orderLine.createMany({ data: lines.map((own) => ({ orderId, ...line, ...own })) });
    });
  await expect(write({ totalMinor: 499n }, {})).rejects.toThrow(/not the sum of its lines/);
  await expect(write({ units: 2 }, {})).rejects.toThrow(/not the sum of its lines/);
  await expect(write({})).rejects.toThrow(/not the sum of its lines/);
  await expect(write({}, { lineTotalMinor: 501n })).rejects.toThrow(/order_line_total_is_product/);
  const priced = (unitPriceMinor: bigint) => ({ unitPriceMinor, lineTotalMinor: unitPriceMinor });
  for (const [change, check] of [
    [{ position: 0 }, /order_line_position_in_bounds/],
    [{ position: 101 }, /order_line_position_in_bounds/],
    [priced(0n), /order_line_price_in_bounds/],
    [priced(10n ** 12n + 1n), /order_line_price_in_bounds/],
    [{ quantity: 0, lineTotalMinor: 0n }, /order_line_quantity_in_bounds/],
    [{ quantity: -1, lineTotalMinor: -500n }, /order_line_quantity_in_bounds/],
  ] as const) {
    await expect(write({}, change)).rejects.toThrow(check);
  }
  await expect(write({ buyerId: merchant.id }, {})).rejects.toThrow(/order_not_with_oneself/);
  await expect(write({ currency: 'CHF' }, {})).rejects.toThrow(/Foreign key/);
  await expect(write({ merchantId: newId('usr') }, {})).rejects.toThrow(/Foreign key/);
  const other = await marketplace.publish(merchant);
  const late = { ...line, orderId: id, position: 3, listingId: other };
  await expect(db.client.orderLine.create({ data: late })).rejects.toThrow(/not the sum/);
  await write({}, {});
});

test('the database refuses to change anything of an order but its status', async () => {
  const { id } = await trade();
  const { order, orderLine } = marketplace.db.client;
  const where = { id };
  await expect(order.update({ where, data: { totalMinor: 1n } })).rejects.toThrow(/never changed/);
  await expect(order.update({ where, data: { buyerId: newId('usr') } })).rejects.toThrow(/never/);
  await expect(order.delete({ where })).rejects.toThrow(/never changed/);
  const lines = { where: { orderId: id } };
  await expect(orderLine.updateMany({ ...lines, data: { quantity: 9 } })).rejects.toThrow(/never/);
  await expect(orderLine.deleteMany(lines)).rejects.toThrow(/never changed/);
  await order.update({ where, data: { status: 'FULFILLED' } });
});
