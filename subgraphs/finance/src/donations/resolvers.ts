import { answerWithFailures } from '@civitas/platform/errors';
import { toConnection } from '@civitas/platform/pagination';
import type { Resolvers } from '../generated/resolvers.ts';
import { donate } from './donate.ts';
import type { Donation } from './donation.ts';
import { donationsMadeList, donationsReceivedList } from './queries.ts';
import {
  findDonation,
  listDonationsMade,
  listDonationsReceived,
  totalReceived,
} from './service.ts';

export const resolvers: Resolvers = {
  Mutation: {
    donate: (_, { input }, ctx) => answerWithFailures('DonateSuccess', () => donate(ctx, input)),
  },
  User: {
    donationsReceived: async (user, args, ctx) =>
      toConnection(
        donationsReceivedList,
        await listDonationsReceived(ctx, user, args),
        args.first,
        byTime,
      ),
    donationsReceivedTotal: (user, { currency }, ctx) => totalReceived(ctx, user, currency),
    donationsMade: async (user, args, ctx) =>
      toConnection(donationsMadeList, await listDonationsMade(ctx, user, args), args.first, byTime),
  },
  Donation: {
    __resolveReference: ({ id }, ctx) => findDonation(ctx, id),
    amount: ({ amountMinor, currency }) => ({ amountMinor, currency }),
    donor: ({ donorId }) => (donorId === null ? null : { id: donorId }),
    family: ({ familyId }) => ({ id: familyId }),
  },
};

function byTime(donation: Donation) {
  return { key: [donation.donatedAt, donation.id] as const, node: donation };
}
