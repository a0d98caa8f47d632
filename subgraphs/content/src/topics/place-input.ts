import { idOf } from '@civitas/platform/validation';
import type { z } from 'zod';

/** The fields by which an input says where a topic shall stand. */
export const placeInput = {
  parentId: idOf('top').nullish(),
  afterId: idOf('top').nullish(),
  beforeId: idOf('top').nullish(),
};

type PlaceInput = z.output<z.ZodObject<typeof placeInput>>;

/** The place an input names, with null for what it leaves out. */
export function placeOf({ parentId, afterId, beforeId }: PlaceInput) {
  return { parentId: parentId ?? null, afterId: afterId ?? null, beforeId: beforeId ?? null };
}

/** @returns true unless an input names two siblings. */
export function namesOneSibling({ afterId, beforeId }: PlaceInput): boolean {
  return afterId == null || beforeId == null;
}

export const twoSiblings = {
  message: 'must not be given together with `afterId`.',
  path: ['beforeId'],
};
