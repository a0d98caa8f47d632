import { expect, test } from 'vitest';
import { formatMoney, money } from './index.ts';

test.each([
  [-1205n, 'EUR', '-12.05 EUR'],
  [5n, 'EUR', '0.05 EUR'],
  [0n, 'USD', '0.00 USD'],
  [1500n, 'JPY', '1500 JPY'],
  [1n, 'TND', '0.001 TND'],
  [9_007_199_254_740_993n, 'EUR', '90071992547409.93 EUR'],
] as const)('%s minor units of %s read %s', (amountMinor, currency, text) => {
  expect(formatMoney(money(amountMinor, currency))).toBe(text);
});
