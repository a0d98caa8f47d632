import { parseId } from '@civitas/platform/ids';
import {
  cursorList,
  cursorTypes,
  type PageArguments,
  readPage,
} from '@civitas/platform/pagination';
import type { ContentContext } from '../context.ts';
import type { Subject, SubjectVersion } from '../generated/prisma/client.ts';
import { findVisibleSubject, roleOf } from '../subjects/index.ts';

export const versionsList = cursorList('Subject.versions', [cursorTypes.int]);

/** Newest first, `first + 1` rows at most; published ones for those without a role in the subject. */
export async function listVersions(
  ctx: ContentContext,
  subject: Subject,
  args: PageArguments,
): Promise<SubjectVersion[]> {
  const page = readPage(versionsList, args);
  const isPublishedOnly = (await roleOf(ctx, subject)) === null;
  return ctx.loaders.versionsOfSubject.load({
    parentId: subject.id,
    args: { ...page, isPublishedOnly },
  });
}

/**
 * A version that is published, or of a subject in which the viewer has a role; null for any other.
 *
 * @throws CivitasError `MALFORMED_ID`.
 */
export async function findReadableVersion(
  ctx: ContentContext,
  id: string,
): Promise<SubjectVersion | null> {
  const version = await ctx.loaders.versionById.load(parseId('ver', id));
  if (!version || version.publishedAt !== null) return version;
  const subject = await ctx.loaders.subjectById.load(version.subjectId);
  return subject && (await roleOf(ctx, subject)) !== null ? version : null;
}

/** What a subject was forked from; null for an original. */
export async function originOf(ctx: ContentContext, subject: Subject) {
  const { forkedFromId, forkedFromTitle, forkedFromAuthorId } = subject;
  if (forkedFromId === null) return null;
  return {
    subject: await findVisibleSubject(ctx, forkedFromId),
    title: forkedFromTitle ?? '',
    author: forkedFromAuthorId === null ? null : { id: forkedFromAuthorId },
  };
}
