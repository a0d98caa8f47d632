import { z } from 'zod';

/** How many units one adjustment may move. */
const MAX_DELTA = 1_000_000;

/** Which way each reason may move the number on hand: `+`, `-`, or either. */
const directions = {
  RECEIVED: '+',
  RETURNED: '+',
  DAMAGED: '-',
  LOST: '-',
  CORRECTION: 'either',
} as const;

export type AdjustmentReason = keyof typeof directions;

export const adjustmentReasons = Object.keys(directions) as readonly AdjustmentReason[];

/** A number of units to add (positive) or to take away (negative), never none. */
export const delta = z
  .int('must be a whole number.')
  .min(-MAX_DELTA, 'must be at least -1,000,000.')
  .max(MAX_DELTA, 'must be at most 1,000,000.')
  .refine((value) => value !== 0, 'must not be 0.');

/** True when a reason explains a change of this sign. */
export function explains(reason: AdjustmentReason, change: number): boolean {
  const direction = directions[reason];
  return direction === 'either' || (direction === '+' ? change > 0 : change < 0);
}
