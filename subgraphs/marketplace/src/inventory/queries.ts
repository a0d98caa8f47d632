import { cursorList, cursorTypes } from '@civitas/platform/pagination';
import type { MarketplaceDatabase } from '../context.ts';
import { Prisma, type StockMovement } from '../generated/prisma/client.ts';

/** By position, which is given out under the lock of the stock's row: the true order of changes. */
export const stockMovementsList = cursorList('Listing.stockMovements', [cursorTypes.bigint]);

/** One page for each of many listings, `first + 1` rows each, in one statement on one index. */
export async function fetchStockMovements(
  db: MarketplaceDatabase,
  listingIds: readonly string[],
  { first, after }: { readonly first: number; readonly after: string | null },
): Promise<ReadonlyMap<string, StockMovement[]>> {
  const rows = await db.client.$queryRaw<StockMovement[]>`
    SELECT page.position,
           page.listing_id    AS "listingId",
           page.delta,
           page.on_hand_after AS "onHandAfter",
           page.reason,
           page.note,
           page.order_id      AS "orderId",
           page.occurred_at   AS "occurredAt"
    FROM unnest(${listingIds}::text[]) AS parent (id)
    CROSS JOIN LATERAL (
      SELECT * FROM stock_movement
      WHERE listing_id = parent.id
        ${after === null ? Prisma.empty : Prisma.sql`AND position < ${after}::bigint`}
      ORDER BY position DESC
      LIMIT ${first + 1}
    ) AS page`;
  return Map.groupBy(rows, (row) => row.listingId);
}
