import { newId } from '@civitas/platform/ids';
import type { MarketplaceDatabase } from '../context.ts';
import type { OrderStatus } from '../generated/prisma/client.ts';

interface OrderDraft {
  readonly buyerId: string;
  readonly merchantId: string;
  /** Listings of this merchant with their quantities; priced as they are now. */
  readonly lines: readonly (readonly [listingId: string, quantity: number])[];
  readonly status?: OrderStatus;
  readonly placedAt?: Date;
}

/** Writes an order with its lines as a checkout would; answers its id. */
export function placeOrder(db: MarketplaceDatabase, draft: OrderDraft): Promise<string> {
  const { buyerId, merchantId, status = 'PAID', placedAt = new Date() } = draft;
  return db.inTransaction(async (tx) => {
    const orderId = newId('ord');
    const lines = [];
    for (const [index, [listingId, quantity]] of draft.lines.entries()) {
      const { title, priceMinor, currency } = await tx.listing.findUniqueOrThrow({
        where: { id: listingId },
      });
      const lineTotalMinor = priceMinor * BigInt(quantity);
      const snapshot = { title, unitPriceMinor: priceMinor, quantity, lineTotalMinor };
      lines.push({ orderId, position: index + 1, listingId, merchantId, currency, ...snapshot });
    }
    const currency = lines[0]?.currency ?? 'EUR';
    const totalMinor = lines.reduce((sum, line) => sum + line.lineTotalMinor, 0n);
    const units = lines.reduce((sum, line) => sum + line.quantity, 0);
    await tx.order.create({
      data: { id: orderId, buyerId, merchantId, currency, totalMinor, units, status, placedAt },
    });
    await tx.orderLine.createMany({ data: lines });
    return orderId;
  });
}
