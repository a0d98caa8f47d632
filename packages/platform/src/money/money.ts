import { type Currency, minorUnits } from './currency.ts';

/** An amount in the currency's minor unit (cents for EUR, yen for JPY). Never a float. */
export interface Money {
  readonly amountMinor: bigint;
  readonly currency: Currency;
}

export function money(amountMinor: bigint | number, currency: Currency): Money {
  return { amountMinor: BigInt(amountMinor), currency };
}

/** Plain text for logs and ledger stories, e.g. `-12.05 EUR`. Not for user interfaces. */
export function formatMoney({ amountMinor, currency }: Money): string {
  const digits = minorUnits[currency];
  const sign = amountMinor < 0n ? '-' : '';
  const absolute = String(amountMinor < 0n ? -amountMinor : amountMinor).padStart(digits + 1, '0');
  const whole = absolute.slice(0, absolute.length - digits);
  const fraction = digits === 0 ? '' : `.${absolute.slice(-digits)}`;
  return `${sign}${whole}${fraction} ${currency}`;
}
