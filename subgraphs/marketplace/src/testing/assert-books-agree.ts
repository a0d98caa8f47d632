import { expect } from 'vitest';
import { audits } from '../audits.ts';
import type { MarketplaceDatabase } from '../context.ts';

/**
 * The invariants of the whole database: what is on hand is what the movements add up to, orders are
 * the sum of their lines, and the counters of sales equal a recount.
 */
export async function assertBooksAgree({ client }: MarketplaceDatabase): Promise<void> {
  for (const [rule, query] of Object.entries(audits)) {
    expect({ rule, wrong: await client.$queryRawUnsafe(query) }).toEqual({ rule, wrong: [] });
  }
}
