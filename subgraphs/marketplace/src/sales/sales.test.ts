import { newId } from '@civitas/platform/ids';
import { recordStatements, userViewer } from '@civitas/testkit';
import { fc } from '@civitas/testkit/random';
import { expect, test } from 'vitest';
import type { OrderStatus } from '../generated/prisma/client.ts';
import { placeOrder } from '../testing/place-order.ts';
import { useMarketplace } from '../testing/use-marketplace.ts';

const marketplace = useMarketplace();

const GOODS_SOLD = /* GraphQL */ `
  query ($representations: [_Any!]!) {
    _entities(representations: $representations) { ... on User { goodsSold { units orders } } }
  }
`;

async function goodsSold(...merchantIds: string[]) {
  const representations = merchantIds.map((id) => ({ __typename: 'User', id }));
  const { _entities } = await marketplace.as().run(GOODS_SOLD, { representations });
  return _entities.map((entity: { goodsSold: object }) => entity.goodsSold);
}

async function openShop() {
  const merchant = userViewer({ kind: 'MERCHANT' });
  const listingId = await marketplace.publish(merchant);
  const sell = (quantity: number, status: OrderStatus) =>
    placeOrder(marketplace.db, {
      buyerId: newId('usr'),
      merchantId: merchant.id,
      lines: [[listingId, quantity]],
      status,
    });
  return { merchantId: merchant.id, sell };
}

function setStatus(id: string, status: OrderStatus) {
  return marketplace.db.client.order.update({ where: { id }, data: { status } });
}

test('paid and fulfilled orders count as sold, others do not, and everybody can read it', async () => {
  const { merchantId, sell } = await openShop();
  expect(await goodsSold(merchantId)).toEqual([{ units: 0, orders: 0 }]);
  await sell(3, 'PAID');
  await sell(4, 'FULFILLED');
  await sell(100, 'PLACED');
  await sell(100, 'CANCELLED');
  expect(await goodsSold(merchantId)).toEqual([{ units: 7, orders: 2 }]);
});

test('an order counts from its payment on, once, until it is cancelled', async () => {
  const { merchantId, sell } = await openShop();
  const id = await sell(5, 'PLACED');
  const seen: unknown[] = [];
  for (const status of ['PAID', 'PAID', 'FULFILLED', 'CANCELLED', 'CANCELLED'] as const) {
    await setStatus(id, status);
    seen.push(...(await goodsSold(merchantId)));
  }
  const [counted, none] = [
    { units: 5, orders: 1 },
    { units: 0, orders: 0 },
  ];
  expect(seen).toEqual([counted, counted, counted, none, none]);
});

test('thirty orders placed and cancelled at once are all counted', async () => {
  const { merchantId, sell } = await openShop();
  const first = await Promise.all(Array.from({ length: 10 }, () => sell(1, 'PAID')));
  await Promise.all([
    ...first.map((id) => setStatus(id, 'CANCELLED')),
    ...Array.from({ length: 20 }, (_, n) => sell(n + 1, n % 2 === 0 ? 'PAID' : 'FULFILLED')),
  ]);
  expect(await goodsSold(merchantId)).toEqual([{ units: 210, orders: 20 }]);
});

test('one statement over the orders of several merchants counts for each of them', async () => {
  const shops = [await openShop(), await openShop()];
  const ids = [];
  for (const { sell } of shops) ids.push(await sell(2, 'PLACED'), await sell(3, 'PLACED'));
  const where = { id: { in: ids } };
  await marketplace.db.client.order.updateMany({ where, data: { status: 'PAID' } });
  const sold = { units: 5, orders: 2 };
  expect(await goodsSold(...shops.map(({ merchantId }) => merchantId))).toEqual([sold, sold]);
});

test('whatever happens to orders, the counters equal a recount', async () => {
  const status = fc.constantFrom<OrderStatus>('PLACED', 'PAID', 'FULFILLED', 'CANCELLED');
  const life = fc.record({
    quantity: fc.integer({ min: 1, max: 50 }),
    statuses: fc.array(status, { minLength: 1, maxLength: 4 }),
  });
  const { merchantId, sell } = await openShop();
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 4 }), async (lives) => {
      await Promise.all(
        lives.map(async ({ quantity, statuses: [placed = 'PLACED', ...later] }) => {
          const id = await sell(quantity, placed);
          for (const next of later) await setStatus(id, next);
        }),
      );
      await marketplace.audit();
    }),
    { numRuns: 15 },
  );
  const [{ orders }] = await goodsSold(merchantId);
  const counted = { merchantId, status: { in: ['PAID', 'FULFILLED'] satisfies OrderStatus[] } };
  expect(orders).toBe(await marketplace.db.client.order.count({ where: counted }));
});

test('what many people have sold is one read on the primary key', async () => {
  const { merchantId, sell } = await openShop();
  await sell(1, 'PAID');
  const ids = [merchantId, newId('usr'), newId('usr')];
  let answers: unknown[] = [];
  const statements = await recordStatements(async () => {
    answers = await goodsSold(...ids);
  });
  const none = { units: 0, orders: 0 };
  expect(answers).toEqual([{ units: 1, orders: 1 }, none, none]);
  expect(statements.filter((text) => text.includes('merchant_sales'))).toHaveLength(1);
});

test('the database refuses counters below zero', async () => {
  const data = { merchantId: newId('usr'), units: -1, orders: 0 };
  await expect(marketplace.db.client.merchantSales.create({ data })).rejects.toThrow(
    /merchant_sales_not_negative/,
  );
});
