import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext, ContentTransaction } from '../context.ts';
import type { Subject, SubjectShareLink } from '../generated/prisma/client.ts';
import { requireRoom } from './count-collaborators.ts';
import { shareLinkNotFound } from './errors.ts';
import { linksThatHold } from './loaders.ts';
import { hashOfToken } from './share-token.ts';

const redeemInput = z.object({ token: z.string().max(100, 'must have at most 100 characters.') });

/**
 * Gives the viewer the role of a link for as long as it holds; redeeming it again changes nothing.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`, `SubjectCollaboratorsFull`, `SubjectShareLinkNotFound`.
 */
export async function redeemSubjectShareLink(
  ctx: ContentContext,
  input: unknown,
): Promise<{ subject: Subject }> {
  const { id: userId } = requireUser(ctx);
  const { token } = parseInput(redeemInput, input);
  const notFound = () => shareLinkNotFound('token');
  const subject = await ctx.db.inTransaction(async (tx) => {
    const found = await findLink(tx, token, ctx.now());
    if (!found) throw notFound();
    const { id: source, subjectId, role, expiresAt } = found;
    // A revocation takes the same lock first, so that nobody comes by a link that has just ended.
    await tx.$queryRaw`SELECT id FROM subject WHERE id = ${subjectId} FOR UPDATE`;
    const where = { id: source, ...linksThatHold(ctx.now()) };
    if ((await tx.subjectShareLink.count({ where })) === 0) throw notFound();
    const locked = await tx.subject.findUniqueOrThrow({ where: { id: subjectId } });
    const key = { subjectId, userId, source };
    const known = await tx.subjectMember.count({ where: key });
    if (known > 0 || locked.authorId === userId) return locked;
    await requireRoom(tx, subjectId);
    const now = ctx.now();
    const invitedBy = found.createdBy;
    await tx.subjectMember.create({
      data: { ...key, role, invitedBy, createdAt: now, acceptedAt: now, expiresAt },
    });
    return locked;
  });
  ctx.loaders.ownRole.clear(subject.id);
  ctx.loaders.collaborators.clearAll();
  return { subject };
}

/** The subject of a link that holds; what the link allows holds for the rest of the request. */
export async function findSharedSubject(
  ctx: ContentContext,
  token: string,
): Promise<Subject | null> {
  const link = await findLink(ctx.db.client, token, ctx.now());
  if (!link) return null;
  ctx.sharedRoles.set(link.subjectId, link.role);
  return ctx.loaders.subjectById.load(link.subjectId);
}

/** The hash is looked up, not compared: how long that takes says nothing about the token. */
function findLink(
  client: Pick<ContentTransaction, 'subjectShareLink'>,
  token: string,
  now: Date,
): Promise<SubjectShareLink | null> {
  return client.subjectShareLink.findFirst({
    where: { tokenHash: hashOfToken(token), ...linksThatHold(now) },
  });
}
