import { UserFailure } from '@civitas/platform/errors';
import { appendEvents } from '@civitas/platform/events';
import { changeInTransaction } from '@civitas/platform/loaders';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput, text } from '@civitas/platform/validation';
import { z } from 'zod';
import type { MarketplaceContext, MarketplaceTransaction } from '../context.ts';
import type { Listing, Stock, StockMovement } from '../generated/prisma/client.ts';
import { findOwnListing } from '../listings/index.ts';
import { stockAdjusted } from './events.ts';
import { adjustmentReasons, delta, explains } from './stock-adjustment.ts';

/** The check on `stock.on_hand` has the same bound. */
const MAX_ON_HAND = 1_000_000_000;

const adjustStockInput = z
  .object({
    listingId: idOf('lst'),
    delta,
    reason: z.enum(adjustmentReasons),
    note: text({ max: 500 }).nullish(),
  })
  .refine(({ reason, delta }) => explains(reason, delta), {
    path: ['delta'],
    message: 'has the wrong sign for this reason.',
  });

/**
 * Changes how many of a listing of the viewer are on hand and logs why, in one transaction; emits
 * `marketplace.stock.adjusted`.
 *
 * Read committed is enough: the bound is part of the one UPDATE that moves the number, which waits
 * for the row and then looks again.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `ListingNotFound`, `InsufficientStock`.
 */
export async function adjustStock(
  ctx: MarketplaceContext,
  input: unknown,
): Promise<{ listing: Listing; movement: StockMovement }> {
  const viewer = requireUser(ctx);
  const { listingId, delta, reason, note } = parseInput(adjustStockInput, input);
  const change = async (tx: MarketplaceTransaction) => {
    const listing = await findOwnListing(tx, viewer, listingId);
    const stock = await moveOnHand(tx, listingId, delta);
    const occurredAt = ctx.now();
    const onHandAfter = stock.onHand;
    const movement = await tx.stockMovement.create({
      data: { listingId, delta, onHandAfter, reason, note: note ?? null, occurredAt },
    });
    await appendEvents(tx, [stockAdjusted(stock, movement)]);
    return { listing, movement };
  };
  return changeInTransaction(ctx, change, 'ReadCommitted');
}

async function moveOnHand(
  tx: MarketplaceTransaction,
  listingId: string,
  change: number,
): Promise<Stock> {
  const [moved] = await tx.$queryRaw<Stock[]>`
    UPDATE stock SET on_hand = on_hand + ${change}
    WHERE listing_id = ${listingId} AND on_hand + ${change} BETWEEN reserved AND ${MAX_ON_HAND}
    RETURNING listing_id AS "listingId", on_hand AS "onHand", reserved`;
  if (moved) return moved;
  if (change > 0) {
    throw new UserFailure('InvalidInput', '`input.delta`: more than a listing can hold.', [
      'input',
      'delta',
    ]);
  }
  const { onHand, reserved } = await tx.stock.findUniqueOrThrow({ where: { listingId } });
  throw new UserFailure(
    'InsufficientStock',
    'Fewer units are free than should go.',
    ['input', 'delta'],
    { available: onHand - reserved },
  );
}
