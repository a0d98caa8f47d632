import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import type { Subject } from '../generated/prisma/client.ts';
import { findVisibleSubject } from '../subjects/index.ts';
import { invitationNotFound } from './errors.ts';
import { INVITATION } from './limits.ts';

const answerInput = z.object({ subjectId: idOf('sub'), accept: z.boolean() });

/**
 * Accepts or declines what the viewer was invited to. Of two answers at once the first counts.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`, `SubjectInvitationNotFound`.
 */
export async function answerSubjectInvitation(
  ctx: ContentContext,
  input: unknown,
): Promise<{ subject: Subject | null }> {
  const viewer = requireUser(ctx);
  const { subjectId, accept } = parseInput(answerInput, input);
  const where = { subjectId, userId: viewer.id, source: INVITATION, acceptedAt: null };
  const { subjectMember } = ctx.db.client;
  const { count } = accept
    ? await subjectMember.updateMany({ where, data: { acceptedAt: ctx.now() } })
    : await subjectMember.deleteMany({ where });
  if (count === 0) throw invitationNotFound();
  ctx.loaders.ownRole.clear(subjectId);
  return { subject: await findVisibleSubject(ctx, subjectId) };
}
