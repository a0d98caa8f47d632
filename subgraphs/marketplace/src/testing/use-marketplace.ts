import { createDatabase } from '@civitas/platform/database';
import { newId } from '@civitas/platform/ids';
import type { UserViewer } from '@civitas/platform/subgraph';
import { type TestSubgraph, useTestSubgraph } from '@civitas/testkit';
import { beforeAll } from 'vitest';
import { audits } from '../audits.ts';
import type { MarketplaceDatabase } from '../context.ts';
import { PrismaClient } from '../generated/prisma/client.ts';
import { createSubgraph } from '../index.ts';

interface TestMarketplace extends TestSubgraph {
  /** The same database, past the service. */
  readonly db: MarketplaceDatabase;
  /** Publishes a listing of 10 pieces at 5.00 EUR, unless said otherwise; answers its id. */
  publish(viewer: UserViewer, changes?: Record<string, unknown>): Promise<string>;
}

const PUBLISH = /* GraphQL */ `
  mutation ($input: PublishListingInput!) {
    publishListing(input: $input) {
      ... on PublishListingSuccess { listing { id } }
      ... on UserError { code path }
    }
  }
`;

/** The marketplace on a database of the calling file; after every test the books are checked. */
export function useMarketplace(): TestMarketplace {
  const marketplace = useTestSubgraph('marketplace', createSubgraph, audits);
  let db: MarketplaceDatabase | undefined;

  beforeAll(() => {
    const opened = createDatabase({
      url: marketplace.databaseUrl,
      createClient: (adapter) => new PrismaClient({ adapter }),
    });
    db = opened;
    return () => opened.close();
  });

  const current = () => {
    if (!db) throw new Error('The database is open only while tests run.');
    return db;
  };
  const own = {
    get db() {
      return current();
    },
    publish: async (viewer: UserViewer, changes: Record<string, unknown> = {}) => {
      const input = { ...listingInput(), ...changes };
      const { publishListing } = await marketplace.as(viewer).run(PUBLISH, { input });
      if (!publishListing.listing) throw new Error(JSON.stringify(publishListing));
      return publishListing.listing.id;
    },
  };
  return Object.defineProperties(own, Object.getOwnPropertyDescriptors(marketplace)) as typeof own &
    TestSubgraph;
}

/** An acceptable input of `publishListing`, with a title of its own. */
export function listingInput(): Record<string, unknown> {
  return {
    title: `Loaf ${newId('lst').slice(-8)}`,
    description: 'Baked this morning.',
    price: { amountMinor: '500', currency: 'EUR' },
    category: 'FOOD',
    initialStock: 10,
  };
}
