import { CivitasError, type UserFailure } from '@civitas/platform/errors';
import { parseId } from '@civitas/platform/ids';
import { type PageArguments, readPage } from '@civitas/platform/pagination';
import { requireUser } from '@civitas/platform/subgraph';
import type { ContentContext, ContentTransaction } from '../context.ts';
import type { Subject, SubjectRole } from '../generated/prisma/client.ts';
import { allows, maySee, roleOf } from './access.ts';
import { fetchOwnRoles, fetchPublicSubjects, subjectsList, userSubjectsList } from './queries.ts';

/**
 * A subject the viewer may see; null for any other.
 *
 * @throws CivitasError `MALFORMED_ID`.
 */
export async function findVisibleSubject(ctx: ContentContext, id: string): Promise<Subject | null> {
  const subject = await ctx.loaders.subjectById.load(parseId('sub', id));
  return subject && (await maySee(ctx, subject)) ? subject : null;
}

/**
 * Locks a subject that the viewer is about to change; changes of one subject follow each other from here
 * on. The role is that of the moment after the lock was had.
 *
 * @throws CivitasError `FORBIDDEN` for a subject that the viewer may see, but not change so.
 * @throws `notFound` when there is no such subject or the viewer may not see it.
 */
export async function lockSubject(
  ctx: ContentContext,
  tx: ContentTransaction,
  subjectId: string,
  wanted: SubjectRole,
  notFound: () => UserFailure,
): Promise<Subject> {
  const { id: userId } = requireUser(ctx);
  await tx.$queryRaw`SELECT id FROM subject WHERE id = ${subjectId} FOR UPDATE`;
  const subject = await tx.subject.findUnique({ where: { id: subjectId } });
  if (!subject) throw notFound();
  if (subject.authorId !== userId) {
    // Not by the loader: nobody who holds a connection may wait for another one.
    const [own = null] = await fetchOwnRoles(tx, userId, [subjectId], ctx.now());
    ctx.loaders.ownRole.clear(subjectId).prime(subjectId, own);
  }
  if (allows(await roleOf(ctx, subject), wanted)) return subject;
  throw (await maySee(ctx, subject)) ? new CivitasError('FORBIDDEN') : notFound();
}

// Each of these answers `first + 1` rows at most: the extra one says whether there are more.

export function listPublicSubjects(ctx: ContentContext, args: PageArguments): Promise<Subject[]> {
  return fetchPublicSubjects(ctx.db, readPage(subjectsList, args));
}

/** Public ones, and private ones when the viewer is the author. */
export async function listSubjectsOf(
  ctx: ContentContext,
  author: { readonly id: string },
  args: PageArguments,
): Promise<Subject[]> {
  const page = readPage(userSubjectsList, args);
  return ctx.loaders.subjectsByAuthor.load({ parentId: author.id, args: page });
}
