import { type Currency, currencies } from '@civitas/platform/money';
import { z } from 'zod';

/** What somebody may send within a day without showing anew who they are, in minor units. */
export type PaymentLimits = Readonly<Record<Currency, bigint>>;

/** Some thousand euros in each. */
export const USUAL_LIMITS: PaymentLimits = {
  CHF: 100_000n,
  EUR: 100_000n,
  GBP: 100_000n,
  JPY: 150_000n,
  PLN: 400_000n,
  SEK: 1_000_000n,
  TND: 3_000_000n,
  USD: 100_000n,
};

const pair = /^([A-Z]{3}):(0|[1-9]\d{0,15})$/;

/** `EUR:50000,USD:50000` instead of the usual ones; those that are not named stay. */
export const paymentLimits = z
  .string()
  .default('')
  .transform((text, ctx): PaymentLimits => {
    const given: Partial<Record<Currency, bigint>> = {};
    for (const each of text.split(',').filter((part) => part !== '')) {
      const [, currency = '', minor = ''] = pair.exec(each.trim()) ?? [];
      if (currencies.includes(currency as Currency)) given[currency as Currency] = BigInt(minor);
      else ctx.addIssue({ code: 'custom', message: `${each} is no limit such as EUR:50000.` });
    }
    return { ...USUAL_LIMITS, ...given };
  });
