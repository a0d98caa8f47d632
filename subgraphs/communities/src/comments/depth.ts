/** The deepest level of replies; a check of the table says the same. Comments on the post are at 1. */
export const MAX_DEPTH = 8;
