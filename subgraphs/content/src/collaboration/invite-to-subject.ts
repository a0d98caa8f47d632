import { UserFailure } from '@civitas/platform/errors';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import type { SubjectMember } from '../generated/prisma/client.ts';
import { lockSubject, subjectNotFound } from '../subjects/index.ts';
import { requireRoom } from './count-collaborators.ts';
import { INVITATION } from './limits.ts';

const inviteInput = z.object({
  subjectId: idOf('sub'),
  userId: idOf('usr'),
  role: z.enum(['VIEWER', 'COMMENTER', 'EDITOR', 'OWNER']),
});

/**
 * Invites a person, or gives who was invited another role, under the lock of the subject.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN`.
 * @throws UserFailure `InvalidInput` for the author, `SubjectCollaboratorsFull`, `SubjectNotFound`.
 */
export async function inviteToSubject(
  ctx: ContentContext,
  input: unknown,
): Promise<{ collaborator: SubjectMember }> {
  const viewer = requireUser(ctx);
  const { subjectId, userId, role } = parseInput(inviteInput, input);
  const collaborator = await ctx.db.inTransaction(async (tx) => {
    const subject = await lockSubject(ctx, tx, subjectId, 'OWNER', subjectNotFound);
    if (userId === subject.authorId) throw isAuthor();
    const key = { subjectId, userId, source: INVITATION };
    const where = { subjectId_userId_source: key };
    const known = await tx.subjectMember.findUnique({ where });
    if (known) return tx.subjectMember.update({ where, data: { role } });
    await requireRoom(tx, subjectId);
    return tx.subjectMember.create({
      data: { ...key, role, invitedBy: viewer.id, createdAt: ctx.now() },
    });
  });
  ctx.loaders.collaborators.clearAll();
  return { collaborator };
}

function isAuthor(): UserFailure {
  const message = '`input.userId`: must not be the author, who owns the subject.';
  return new UserFailure('InvalidInput', message, ['input', 'userId']);
}
