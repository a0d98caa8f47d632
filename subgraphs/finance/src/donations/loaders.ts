import { groupedLoader, keyedLoader } from '@civitas/platform/loaders';
import type { Money } from '@civitas/platform/money';
import type { FinanceDatabase } from '../context.ts';
import type { Currency } from '../generated/prisma/client.ts';
import type { Donation } from './donation.ts';
import {
  type DonationPage,
  type DonationSide,
  fetchDonationPages,
  fetchDonations,
  fetchDonationTotals,
} from './queries.ts';

export function createDonationLoaders({ client }: FinanceDatabase) {
  return {
    donationById: keyedLoader<Donation>(
      async (ids) => fetchDonations(client, ids),
      (donation) => donation.id,
    ),
    donations: groupedLoader<{ side: DonationSide; page: DonationPage }, Donation[]>(
      (personIds, { side, page }) => fetchDonationPages(client, side, personIds, page),
      () => [],
    ),
    donationTotal: groupedLoader<Currency, Money | null>(
      (familyIds, currency) => fetchDonationTotals(client, familyIds, currency),
      () => null,
    ),
  };
}
