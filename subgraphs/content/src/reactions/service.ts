import { CivitasError } from '@civitas/platform/errors';
import {
  cursorList,
  cursorTypes,
  type PageArguments,
  readPage,
  whereAfterKey,
} from '@civitas/platform/pagination';
import { requireUser } from '@civitas/platform/subgraph';
import { idOf, parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { ContentContext } from '../context.ts';
import type { Subject, SubjectSave } from '../generated/prisma/client.ts';
import { findVisibleSubject, seenBy, subjectNotFound } from '../subjects/index.ts';
import { addClick, addReaction, type Reaction, removeReaction } from './counted-rows.ts';

export const savedSubjectsList = cursorList('User.savedSubjects', [
  cursorTypes.instant,
  cursorTypes.id('sub'),
]);

const reactionInput = z.object({ subjectId: idOf('sub') });

/**
 * Makes the viewer like, save or click a subject, or no longer. Repeating it changes nothing; a click counts
 * again after half an hour.
 *
 * @throws CivitasError `UNAUTHENTICATED`.
 * @throws UserFailure `InvalidInput`, `SubjectNotFound`.
 */
export async function changeReaction(
  ctx: ContentContext,
  change:
    | { readonly reaction: Reaction; readonly wanted: boolean }
    | { readonly reaction: 'click' },
  input: unknown,
): Promise<{ subject: Subject }> {
  const viewer = requireUser(ctx);
  const { subjectId } = parseInput(reactionInput, input);
  if (!(await findVisibleSubject(ctx, subjectId))) throw subjectNotFound();
  const { client } = ctx.db;
  const whose = { target: 'subject' as const, id: subjectId, userId: viewer.id, at: ctx.now() };
  if (change.reaction === 'click') await addClick(client, whose);
  else if (change.wanted) await addReaction(client, change.reaction, whose);
  else await removeReaction(client, change.reaction, whose);
  const subject = await client.subject.findUnique({ where: { id: subjectId } });
  if (!subject) throw subjectNotFound();
  // A later field of the same document must not read what an earlier one has cached.
  ctx.loaders.subjectById.clear(subjectId);
  ctx.loaders.ownLike.clear(subjectId);
  ctx.loaders.ownSave.clear(subjectId);
  return { subject };
}

/** Whether the viewer likes or has saved a subject; null for nobody. */
export async function hasReacted(
  ctx: ContentContext,
  reaction: Reaction,
  subject: Subject,
): Promise<boolean | null> {
  if (ctx.viewer.type !== 'user') return null;
  const { ownLike, ownSave } = ctx.loaders;
  return (await (reaction === 'like' ? ownLike : ownSave).load(subject.id)) !== null;
}

/**
 * What the viewer has saved and may still see, last saved first; `first + 1` rows at most.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN` for what somebody else has saved.
 */
export function listSavedSubjects(
  ctx: ContentContext,
  person: { readonly id: string },
  args: PageArguments,
): Promise<(SubjectSave & { subject: Subject })[]> {
  const viewer = requireUser(ctx);
  if (viewer.id !== person.id) throw new CivitasError('FORBIDDEN');
  const { first, after } = readPage(savedSubjectsList, args);
  return ctx.db.client.subjectSave.findMany({
    where: {
      userId: viewer.id,
      subject: seenBy(viewer.id, ctx.now()),
      ...whereAfterKey(['createdAt', 'subjectId'], after, 'newest first'),
    },
    include: { subject: true },
    orderBy: [{ createdAt: 'desc' }, { subjectId: 'desc' }],
    take: first + 1,
  });
}
