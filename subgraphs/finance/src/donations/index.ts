export type { Donation } from './donation.ts';
export { createDonationLoaders } from './loaders.ts';
export { resolvers as donationResolvers } from './resolvers.ts';
