import type { NewEvent } from '@civitas/platform/events';
import type { Donation } from '../generated/prisma/client.ts';

/**
 * Somebody has given to a family. In order per receiving wallet, whose lock is held. Who gave
 * anonymously stays in finance: an event is read, kept and logged in places we do not know.
 */
export function donationPosted(donation: Donation, familyWalletId: string): NewEvent {
  return {
    type: 'finance.donation.posted',
    aggregateId: familyWalletId,
    occurredAt: donation.donatedAt,
    payload: {
      donationId: donation.id,
      familyId: donation.familyId,
      donorId: donation.anonymous ? null : donation.donorId,
      amountMinor: String(donation.amountMinor),
      currency: donation.currency,
    },
  };
}
