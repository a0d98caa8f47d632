import type { ClientBase } from 'pg';
import { insertRows } from './insert-rows.ts';
import type { Random } from './random.ts';
import { openAttic, openShop, type Shop } from './shop.ts';
import { type DemoMovement, type DemoStock, keepStock } from './shop-stock.ts';
import type { World } from './world.ts';

const CURRENCY = 'EUR';
/** Shops that are in memory at a time; their rows go in together, table by table. */
const SHOPS_PER_BATCH = 500;

/** What everybody offers, its stock, and who has bought it; `merchant_sales` follows by trigger. */
export async function loadMarketplace(client: ClientBase, world: World): Promise<void> {
  const random = world.randomFor('marketplace');
  let batch: Shop[] = [];
  for (const shop of shops(world, random)) {
    batch.push(shop);
    if (batch.length < SHOPS_PER_BATCH) continue;
    await insertShops(client, batch, random);
    batch = [];
  }
  await insertShops(client, batch, random);
}

/** Every merchant has a shop, and one civilian in twelve something to give away for money. */
function* shops(world: World, random: Random): Generator<Shop> {
  for (const [index, merchant] of world.ofKind('MERCHANT').entries()) {
    yield openShop(merchant, index === 0, world, random);
  }
  for (const civilian of world.ofKind('CIVILIAN')) {
    if (random.chance(1 / 12)) yield openAttic(civilian, world, random);
  }
}

async function insertShops(
  client: ClientBase,
  batch: readonly Shop[],
  random: Random,
): Promise<void> {
  const kept = batch.map((shop) => keepStock(shop, random));
  await insertListings(client, batch);
  await insertStocks(
    client,
    kept.values().flatMap(({ stocks }) => stocks),
  );
  await insertOrders(client, batch);
  await insertOrderLines(client, batch);
  await insertMovements(
    client,
    kept.values().flatMap(({ movements }) => movements),
  );
}

async function insertListings(client: ClientBase, batch: readonly Shop[]): Promise<void> {
  const columns = {
    id: 'text',
    merchant_id: 'text',
    title: 'text',
    description: 'text',
    price_minor: 'bigint',
    currency: 'currency',
    category: 'listing_category',
    status: 'listing_status',
    created_at: 'timestamptz',
  };
  const rows = batch.values().flatMap(({ merchantId, listings }) =>
    listings.map((listing) => ({
      id: listing.id,
      merchant_id: merchantId,
      title: listing.title,
      description: listing.description,
      price_minor: listing.priceMinor,
      currency: CURRENCY,
      category: listing.category,
      status: listing.status,
      created_at: listing.createdAt,
    })),
  );
  await insertRows(client, 'listing', columns, rows);
}

async function insertStocks(client: ClientBase, rows: Iterable<DemoStock>): Promise<void> {
  await insertRows(client, 'stock', { listing_id: 'text', on_hand: 'int', reserved: 'int' }, rows);
}

async function insertOrders(client: ClientBase, batch: readonly Shop[]): Promise<void> {
  const columns = {
    id: 'text',
    buyer_id: 'text',
    merchant_id: 'text',
    currency: 'currency',
    total_minor: 'bigint',
    units: 'int',
    status: 'order_status',
    placed_at: 'timestamptz',
  };
  const rows = batch.values().flatMap(({ merchantId, orders }) =>
    orders.map(({ id, buyerId, status, placedAt, lines }) => ({
      id,
      buyer_id: buyerId,
      merchant_id: merchantId,
      currency: CURRENCY,
      total_minor: lines.reduce((sum, line) => sum + line.listing.priceMinor * line.quantity, 0),
      units: lines.reduce((sum, line) => sum + line.quantity, 0),
      status,
      placed_at: placedAt,
    })),
  );
  await insertRows(client, 'order', columns, rows);
}

async function insertOrderLines(client: ClientBase, batch: readonly Shop[]): Promise<void> {
  const columns = {
    order_id: 'text',
    position: 'int',
    listing_id: 'text',
    merchant_id: 'text',
    currency: 'currency',
    title: 'text',
    unit_price_minor: 'bigint',
    quantity: 'int',
    line_total_minor: 'bigint',
  };
  const rows = batch.values().flatMap(({ merchantId, orders }) =>
    orders.values().flatMap(({ id, lines }) =>
      lines.map(({ listing, quantity }, index) => ({
        order_id: id,
        position: index + 1,
        listing_id: listing.id,
        merchant_id: merchantId,
        currency: CURRENCY,
        title: listing.title,
        unit_price_minor: listing.priceMinor,
        quantity,
        line_total_minor: listing.priceMinor * quantity,
      })),
    ),
  );
  await insertRows(client, 'order_line', columns, rows);
}

/** In the order in which they happened to each listing: their position follows from it. */
async function insertMovements(client: ClientBase, rows: Iterable<DemoMovement>): Promise<void> {
  const columns = {
    listing_id: 'text',
    delta: 'int',
    on_hand_after: 'int',
    reason: 'stock_movement_reason',
    order_id: 'text',
    occurred_at: 'timestamptz',
  };
  await insertRows(client, 'stock_movement', columns, rows);
}
