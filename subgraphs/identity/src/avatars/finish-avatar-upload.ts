import { createHash } from 'node:crypto';
import { CivitasError, UserFailure } from '@civitas/platform/errors';
import { appendEvents } from '@civitas/platform/events';
import { isImage, sniffMediaType, squaresOf } from '@civitas/platform/files';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import type { User } from '../generated/prisma/client.ts';
import { lockUser } from '../people/index.ts';
import { profileChanged } from '../profiles/index.ts';
import { AVATAR_UPLOADS, AVATARS } from './avatar-files.ts';
import { lockAvatars } from './collect-avatars.ts';

const SIZES = [64, 256, 512] as const;

const finishInput = z.object({
  uploadId: z.string().regex(/^[0-9a-f]{64}$/, 'must be the id of an upload.'),
});

/**
 * Makes what has arrived the viewer's picture (`identity.user.profile-changed`). Its files are stored and named in one transaction, while
 * nothing is collected.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `SERVICE_UNAVAILABLE`.
 * @throws UserFailure `InvalidInput`, `AvatarUploadNotFound`, `AvatarRefused`.
 */
export async function finishAvatarUpload(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ user: User }> {
  const { id: userId } = requireUser(ctx);
  const { uploadId } = parseInput(finishInput, input);
  const { objects } = ctx.avatars;
  if (!objects) throw new CivitasError('SERVICE_UNAVAILABLE');
  const key = `${AVATAR_UPLOADS}/${uploadId}`;
  const arrived = await objects.get(key);
  if (!arrived) {
    const message = 'Nothing has arrived by this upload.';
    throw new UserFailure('AvatarUploadNotFound', message, ['input', 'uploadId']);
  }
  const type = sniffMediaType(arrived);
  const squares = type && isImage(type) ? await squaresOf(arrived, type, SIZES) : null;
  if (!squares) {
    const message = 'Only whole PNG, JPEG, WebP, GIF and AVIF of up to 40 million pixels.';
    throw new UserFailure('AvatarRefused', message, ['input', 'uploadId']);
  }
  const [small, medium, large] = SIZES.map((size) => {
    const bytes = squares.get(size) ?? Buffer.of();
    return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
  }) as [Square, Square, Square];
  const user = await ctx.db.inTransaction(async (tx) => {
    await lockUser(tx, userId);
    await lockAvatars(tx, 'SHARED');
    for (const { sha256, bytes } of [small, medium, large]) {
      await objects.put(`${AVATARS}/${sha256}`, bytes, 'image/webp');
    }
    const files = { small: small.sha256, medium: medium.sha256, large: large.sha256 };
    const row = { ...files, createdAt: ctx.now() };
    await tx.avatar.upsert({ where: { userId }, create: { userId, ...row }, update: row });
    const after = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    await appendEvents(tx, [profileChanged(after, ctx.now())]);
    return after;
  });
  ctx.loaders.avatarByUser.clear(userId);
  // What stays behind when this fails is collected.
  await objects.delete(key).catch(() => undefined);
  return { user };
}

interface Square {
  readonly sha256: string;
  readonly bytes: Buffer;
}
