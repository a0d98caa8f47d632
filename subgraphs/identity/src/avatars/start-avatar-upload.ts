import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import { throttleRules } from '../throttling/index.ts';

const MAX_BYTES = 5 * 1024 * 1024;

const startInput = z.object({
  bytes: z.int().min(1, 'must be at least 1.').max(MAX_BYTES, `must be at most ${MAX_BYTES}.`),
});

/**
 * Opens an address that takes a picture.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `SERVICE_UNAVAILABLE` when there is no store.
 * @throws UserFailure `InvalidInput`, `TooManyAttempts`.
 */
export async function startAvatarUpload(ctx: IdentityContext, input: unknown) {
  const { id: userId } = requireUser(ctx);
  const { bytes } = parseInput(startInput, input);
  await ctx.throttle.reserve(throttleRules.avatar, userId);
  const { objectKey, address } = ctx.avatars.uploads.open(bytes, ctx.now());
  return { upload: { id: objectKey.split('/')[1] ?? '', ...address } };
}
