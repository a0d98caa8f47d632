export { type Currency, currencies, minorUnits } from './currency.ts';
export { formatMoney, type Money, money } from './money.ts';
