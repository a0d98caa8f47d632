import { parseId } from '@civitas/platform/ids';
import type { Money } from '@civitas/platform/money';
import { type PageArguments, readPage } from '@civitas/platform/pagination';
import type { FinanceContext } from '../context.ts';
import type { Currency } from '../generated/prisma/client.ts';
import type { Donation } from './donation.ts';
import { donationsMadeList, donationsReceivedList } from './queries.ts';

interface Person {
  readonly id: string;
}

/**
 * A donation, which everybody may read; an anonymous one is without its donor.
 *
 * @throws CivitasError `MALFORMED_ID`.
 */
export function findDonation(ctx: FinanceContext, id: string): Promise<Donation | null> {
  return ctx.loaders.donationById.load(parseId('don', id));
}

/** What a family has received, newest first, plus one row that says whether there is more. */
export function listDonationsReceived(
  ctx: FinanceContext,
  family: Person,
  args: PageArguments,
): Promise<Donation[]> {
  const page = readPage(donationsReceivedList, args);
  return ctx.loaders.donations.load({ parentId: family.id, args: { side: 'family', page } });
}

/** What somebody has given: all of it for the donor, what shows its donor for everybody else. */
export function listDonationsMade(
  ctx: FinanceContext,
  donor: Person,
  args: PageArguments,
): Promise<Donation[]> {
  const page = readPage(donationsMadeList, args);
  const isDonor = ctx.viewer.type === 'user' && ctx.viewer.id === donor.id;
  const side = isDonor ? 'donor' : 'donor-shown';
  return ctx.loaders.donations.load({ parentId: donor.id, args: { side, page } });
}

/** Everything a family has received in a currency; null for whoever is no family. */
export function totalReceived(
  ctx: FinanceContext,
  family: Person,
  currency: Currency,
): Promise<Money | null> {
  return ctx.loaders.donationTotal.load({ parentId: family.id, args: currency });
}
