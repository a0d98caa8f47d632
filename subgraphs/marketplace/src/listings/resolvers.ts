import { answerWithFailures } from '@civitas/platform/errors';
import { parseId } from '@civitas/platform/ids';
import { money } from '@civitas/platform/money';
import { toConnection } from '@civitas/platform/pagination';
import type { Listing } from '../generated/prisma/client.ts';
import type { Resolvers } from '../generated/resolvers.ts';
import { changeListingPrice } from './change-listing-price.ts';
import { publishListing } from './publish-listing.ts';
import { listingsList, userListingsList } from './queries.ts';
import { findListing, listListings, listUserListings } from './service.ts';
import { setListingStatus } from './set-listing-status.ts';

export const resolvers: Resolvers = {
  Query: {
    listing: (_, { id }, ctx) => findListing(ctx, id),
    listings: async (_, { category, first, after }, ctx) =>
      toConnection(
        listingsList,
        await listListings(ctx, { category: category ?? null, first, after }),
        first,
        byTime,
      ),
  },
  User: {
    // Whether there is such a person only identity knows; for one unknown here the lists are empty.
    __resolveReference: ({ id }) => ({ id: parseId('usr', id) }),
    listings: async ({ id }, args, ctx) =>
      toConnection(userListingsList, await listUserListings(ctx, id, args), args.first, byTime),
  },
  Listing: {
    __resolveReference: ({ id }, ctx) => findListing(ctx, id),
    price: ({ priceMinor, currency }) => money(priceMinor, currency),
    merchant: ({ merchantId }) => ({ id: merchantId }),
  },
  Mutation: {
    publishListing: (_, { input }, ctx) =>
      answerWithFailures('PublishListingSuccess', () => publishListing(ctx, input)),
    changeListingPrice: (_, { input }, ctx) =>
      answerWithFailures('ChangeListingPriceSuccess', () => changeListingPrice(ctx, input)),
    pauseListing: (_, { input }, ctx) =>
      answerWithFailures('PauseListingSuccess', () => setListingStatus(ctx, input, 'PAUSED')),
    resumeListing: (_, { input }, ctx) =>
      answerWithFailures('ResumeListingSuccess', () => setListingStatus(ctx, input, 'ACTIVE')),
  },
};

function byTime(listing: Listing) {
  return { key: [listing.createdAt, listing.id] as const, node: listing };
}
