import type { Person } from './world.ts';

/** What merchants of the demo town deal in. */
const TRADES = [
  'bakery',
  'bicycles',
  'books',
  'coffee',
  'garden',
  'groceries',
  'hardware',
  'music',
] as const;

export type Trade = (typeof TRADES)[number];

/** A merchant's trade, by the random end of their id: every domain comes to the same one. */
export function tradeOf({ id }: Person): Trade {
  return TRADES[id.charCodeAt(id.length - 2) % TRADES.length] as Trade;
}
