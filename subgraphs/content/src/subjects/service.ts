import { parseId } from '@civitas/platform/ids';
import { type PageArguments, readPage } from '@civitas/platform/pagination';
import type { ContentContext } from '../context.ts';
import type { Subject } from '../generated/prisma/client.ts';
import { maySee } from './access.ts';
import { fetchPublicSubjects, subjectsList, userSubjectsList } from './queries.ts';

/**
 * A subject the viewer may see; null for any other.
 *
 * @throws CivitasError `MALFORMED_ID`.
 */
export async function findVisibleSubject(ctx: ContentContext, id: string): Promise<Subject | null> {
  const subject = await ctx.loaders.subjectById.load(parseId('sub', id));
  return subject && maySee(ctx.viewer, subject) ? subject : null;
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
