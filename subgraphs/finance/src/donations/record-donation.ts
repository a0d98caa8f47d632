import { newId } from '@civitas/platform/ids';
import type { FinanceTransaction } from '../context.ts';
import type { Donation as DonationRow } from '../generated/prisma/client.ts';

/**
 * Writes a donation beside its posted entry and counts it: one statement for the count, so that
 * donations in parallel all count. The database refuses one that its entry does not post.
 */
export async function recordDonation(
  tx: FinanceTransaction,
  given: Omit<DonationRow, 'id' | 'familyKind'>,
): Promise<DonationRow> {
  const donation = await tx.donation.create({ data: { id: newId('don'), ...given } });
  await tx.$executeRaw`
    INSERT INTO donation_total AS total (family_id, currency, amount_minor, donation_count)
    VALUES (${given.familyId}, ${given.currency}::currency, ${given.amountMinor}, 1)
    ON CONFLICT (family_id, currency) DO UPDATE SET
      amount_minor   = total.amount_minor + excluded.amount_minor,
      donation_count = total.donation_count + 1`;
  return donation;
}
