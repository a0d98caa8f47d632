import { z } from 'zod';
import type { Vote } from '../generated/resolvers.ts';

/** What a vote adds to the score. */
const values = { UP: 1, DOWN: -1, NONE: 0 } as const satisfies Record<Vote, number>;

/** A vote of the schema, as the number that it adds. */
export const voteValue = z.enum(['UP', 'DOWN', 'NONE']).transform((vote) => values[vote]);

/** The stored value of a vote, or its absence, in the words of the schema. */
export function voteOf(value: number | undefined): Vote {
  if (value === undefined) return 'NONE';
  return value > 0 ? 'UP' : 'DOWN';
}
