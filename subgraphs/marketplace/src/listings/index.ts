export { createListingLoaders } from './loaders.ts';
export { findOwnListing } from './own-listing.ts';
export { resolvers as listingResolvers } from './resolvers.ts';
