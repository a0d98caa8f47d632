import type { MarketplaceTransaction } from '../context.ts';

const ERASED_TITLE = 'No longer offered';

/**
 * Takes somebody's offers and their words away. Orders stay whole, for whoever bought or sold on the
 * other side: they hold ids, goods and totals. What a merchant noted about their stock goes.
 */
export async function erasePerson(tx: MarketplaceTransaction, userId: string): Promise<void> {
  await tx.listing.updateMany({
    where: { merchantId: userId },
    data: { title: ERASED_TITLE, description: '', status: 'PAUSED' },
  });
  await tx.$executeRaw`
    UPDATE stock_movement SET note = NULL
    FROM listing
    WHERE listing.id = listing_id AND merchant_id = ${userId} AND note IS NOT NULL`;
  // Published events are kept for some days; these say what the listing said.
  await tx.$executeRaw`
    DELETE FROM outbox
    WHERE type = 'marketplace.listing.published' AND payload->>'merchantId' = ${userId}
      AND published_at IS NOT NULL`;
}
