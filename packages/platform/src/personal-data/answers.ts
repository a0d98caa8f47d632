import { z } from 'zod';

// What travels between the subgraph that keeps account of a person's requests and those that hold
// data of theirs. Every message names the attempt it belongs to: a request may be made again, when
// an answer is late, and answers of two attempts must not be mixed.

const request = {
  requestId: z.string(),
  userId: z.string(),
  /** From 1. */
  attempt: z.int().min(1),
};

/** `…data-export.requested` and `…user.erased`. */
export const personalDataRequest = z.object(request);

/** `<subgraph>.personal-data.exported`: some rows of one section, in order, the last one marked. */
export const exportedPart = z.object({
  ...request,
  index: z.int().min(0),
  last: z.boolean(),
  section: z.string(),
  rows: z.array(z.record(z.string(), z.unknown())),
});

/** `<subgraph>.personal-data.erased`: nothing personal is left here. */
export const erasedAnswer = z.object(request);

export type ExportedPart = z.output<typeof exportedPart>;
export type ErasedAnswer = z.output<typeof erasedAnswer>;
