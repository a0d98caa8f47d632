import { UserFailure } from '@civitas/platform/errors';
import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import type { Subject, SubjectShareLink } from '../generated/prisma/client.ts';
import { lockSubject, subjectNotFound } from '../subjects/index.ts';
import { shareLinkNotFound, shareLinksFull } from './errors.ts';
import { MAX_SHARE_LINKS } from './limits.ts';
import { linksThatHold } from './loaders.ts';
import { newShareToken } from './share-token.ts';

const createInput = z.object({
  subjectId: idOf('sub'),
  role: z.enum(['VIEWER', 'COMMENTER', 'EDITOR'], 'must not be `OWNER`.'),
  expiresAt: z.date().nullish(),
});
const revokeInput = z.object({ linkId: idOf('shl') });

/**
 * Makes a link; only the hash of its token is kept.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `SubjectNotFound`, `SubjectShareLinksFull`.
 */
export async function createSubjectShareLink(
  ctx: ContentContext,
  input: unknown,
): Promise<{ link: SubjectShareLink; token: string }> {
  const viewer = requireUser(ctx);
  const { subjectId, role, expiresAt } = parseInput(createInput, input);
  const now = ctx.now();
  if (expiresAt && expiresAt <= now) throw expiresTooSoon();
  const { token, hash } = newShareToken();
  const link = await ctx.db.inTransaction(async (tx) => {
    await lockSubject(ctx, tx, subjectId, 'OWNER', subjectNotFound);
    const count = await tx.subjectShareLink.count({ where: { subjectId, ...linksThatHold(now) } });
    if (count >= MAX_SHARE_LINKS) throw shareLinksFull();
    return tx.subjectShareLink.create({
      data: {
        id: newId('shl'),
        subjectId,
        tokenHash: hash,
        role,
        createdBy: viewer.id,
        createdAt: now,
        expiresAt: expiresAt ?? null,
      },
    });
  });
  ctx.loaders.shareLinks.clearAll();
  return { link, token };
}

/**
 * Ends a link, and with it the roles of those who came by it.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput`, `SubjectShareLinkNotFound`.
 */
export async function revokeSubjectShareLink(
  ctx: ContentContext,
  input: unknown,
): Promise<{ subject: Subject }> {
  requireUser(ctx);
  const { linkId } = parseInput(revokeInput, input);
  const notFound = () => shareLinkNotFound('linkId');
  const subject = await ctx.db.inTransaction(async (tx) => {
    const link = await tx.subjectShareLink.findUnique({ where: { id: linkId } });
    if (!link) throw notFound();
    const locked = await lockSubject(ctx, tx, link.subjectId, 'OWNER', notFound);
    await tx.subjectShareLink.updateMany({
      where: { id: linkId, revokedAt: null },
      data: { revokedAt: ctx.now() },
    });
    await tx.subjectMember.deleteMany({ where: { subjectId: locked.id, source: linkId } });
    return locked;
  });
  ctx.loaders.shareLinks.clearAll();
  ctx.loaders.collaborators.clearAll();
  return { subject };
}

function expiresTooSoon(): UserFailure {
  const message = '`input.expiresAt`: must be in the future.';
  return new UserFailure('InvalidInput', message, ['input', 'expiresAt']);
}
