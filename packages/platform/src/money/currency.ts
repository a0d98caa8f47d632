/**
 * The currencies the graph trades in, with the number of digits of their minor unit
 * (ISO 4217, list one). Add one here and in `shared.graphql`; a test compares the two.
 */
export const minorUnits = {
  CHF: 2,
  EUR: 2,
  GBP: 2,
  JPY: 0,
  PLN: 2,
  SEK: 2,
  TND: 3,
  USD: 2,
} as const;

export type Currency = keyof typeof minorUnits;

export const currencies = Object.keys(minorUnits) as readonly Currency[];
