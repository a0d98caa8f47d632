import { currencies } from '@civitas/platform/money';
import { idOf, text } from '@civitas/platform/validation';
import { z } from 'zod';
import { ListingCategory } from '../generated/prisma/enums.ts';

/** In minor units. With quantities of at most 10^6 an order's total stays far below 2^63. */
const MAX_PRICE_MINOR = 10n ** 12n;
const MAX_INITIAL_STOCK = 1_000_000;

const priceMinor = z
  .bigint('must be a whole number.')
  .positive('must be more than zero.')
  .max(MAX_PRICE_MINOR, 'must be at most 10^12.');

export const publishListingInput = z.object({
  title: text({ min: 3, max: 140 }),
  description: text({ min: 0, max: 5000, multiline: true }),
  price: z.object({ amountMinor: priceMinor, currency: z.enum(currencies) }),
  category: z.enum(ListingCategory),
  initialStock: z
    .int('must be a whole number.')
    .min(0, 'must not be negative.')
    .max(MAX_INITIAL_STOCK, 'must be at most 1,000,000.'),
});

export const changePriceInput = z.object({ listingId: idOf('lst'), amountMinor: priceMinor });

export const listingInput = z.object({ listingId: idOf('lst') });
