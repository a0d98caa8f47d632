import { newId } from '@civitas/platform/ids';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import { UPLOAD_LIFETIME_MS } from './limits.ts';

/** How long a file is said to be. */
export function fileBytes(most: number) {
  return z.int().min(1, 'must be at least 1.').max(most, `must be at most ${most}.`);
}

/**
 * Opens an address for a file of somebody: what is written down of it, and what they are told.
 *
 * @throws CivitasError `SERVICE_UNAVAILABLE` when there is no store.
 */
export function beginUpload(ctx: ContentContext, userId: string, bytes: number) {
  const id = newId('upl');
  const createdAt = ctx.now();
  const expiresAt = new Date(createdAt.getTime() + UPLOAD_LIFETIME_MS);
  const { objectKey, address } = ctx.files.uploads.open(bytes, createdAt);
  return { row: { id, userId, objectKey, createdAt, expiresAt }, upload: { id, ...address } };
}
