import type { Random } from './random.ts';
import type { DemoListing, Shop } from './shop.ts';

export interface DemoStock {
  readonly listing_id: string;
  on_hand: number;
  reserved: number;
}

export interface DemoMovement {
  readonly listing_id: string;
  readonly delta: number;
  readonly on_hand_after: number;
  readonly reason: 'OPENING' | 'RECEIVED' | 'SOLD';
  readonly order_id: string | null;
  readonly occurred_at: Date;
}

/**
 * The stock of a shop as its orders left it, and every movement on the way: opened with some,
 * refilled when an order would take more than is free, less what paid orders took.
 */
export function keepStock(
  shop: Shop,
  random: Random,
): { readonly stocks: Iterable<DemoStock>; readonly movements: readonly DemoMovement[] } {
  const stocks = new Map<string, DemoStock>();
  const movements: DemoMovement[] = [];
  const move = (
    stock: DemoStock,
    delta: number,
    {
      reason,
      at,
      orderId = null,
    }: { reason: DemoMovement['reason']; at: Date; orderId?: string | null },
  ) => {
    stock.on_hand += delta;
    movements.push({
      listing_id: stock.listing_id,
      delta,
      on_hand_after: stock.on_hand,
      reason,
      order_id: orderId,
      occurred_at: at,
    });
  };
  const open = (listing: DemoListing) => {
    const stock = { listing_id: listing.id, on_hand: 0, reserved: 0 };
    stocks.set(listing.id, stock);
    const first = shop.secondHand ? 1 : random.int(10, 60);
    move(stock, first, { reason: 'OPENING', at: listing.createdAt });
  };
  for (const listing of shop.listings) open(listing);
  for (const { id, status, placedAt, lines } of shop.orders) {
    if (status === 'CANCELLED') continue;
    for (const { listing, quantity } of lines) {
      const stock = stocks.get(listing.id) as DemoStock;
      if (stock.on_hand - stock.reserved < quantity) {
        move(stock, random.int(20, 60), { reason: 'RECEIVED', at: placedAt });
      }
      if (status === 'PLACED') stock.reserved += quantity;
      else move(stock, -quantity, { reason: 'SOLD', at: placedAt, orderId: id });
    }
  }
  return { stocks: stocks.values(), movements };
}
