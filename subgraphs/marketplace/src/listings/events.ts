import type { NewEvent } from '@civitas/platform/events';
import type { Listing } from '../generated/prisma/client.ts';

// One aggregate per listing, so that its events arrive in the order of its changes.

/** Something is on offer that was not before. */
export function listingPublished(listing: Listing): NewEvent {
  return {
    type: 'marketplace.listing.published',
    aggregateId: listing.id,
    occurredAt: listing.createdAt,
    payload: {
      listingId: listing.id,
      merchantId: listing.merchantId,
      title: listing.title,
      category: listing.category,
      price: priceOf(listing),
    },
  };
}

/** A listing costs more or less than before. */
export function listingPriceChanged(listing: Listing, occurredAt: Date): NewEvent {
  return {
    type: 'marketplace.listing.price-changed',
    aggregateId: listing.id,
    occurredAt,
    payload: { listingId: listing.id, price: priceOf(listing) },
  };
}

/** A listing has left the lists, or is in them again. */
export function listingStatusChanged(listing: Listing, occurredAt: Date): NewEvent {
  return {
    type:
      listing.status === 'PAUSED' ? 'marketplace.listing.paused' : 'marketplace.listing.resumed',
    aggregateId: listing.id,
    occurredAt,
    payload: { listingId: listing.id },
  };
}

/** JSON has no 64-bit numbers, so the amount travels as digits. */
function priceOf({ priceMinor, currency }: Listing) {
  return { amountMinor: String(priceMinor), currency };
}
