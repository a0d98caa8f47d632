import { parseId } from '@civitas/platform/ids';
import {
  cursorList,
  cursorTypes,
  type PageArguments,
  readPage,
} from '@civitas/platform/pagination';
import { asWritten, readingOf } from '../checkpoints/index.ts';
import type { ContentContext } from '../context.ts';
import type { Subject, SubjectVersion, SubjectVersionTopic } from '../generated/prisma/client.ts';
import { describeText } from '../objects/index.ts';
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

/** Null when the file cannot be read now. */
export async function textOfVersionTopic(
  ctx: ContentContext,
  { sha256, versionId }: Pick<SubjectVersionTopic, 'sha256' | 'versionId'>,
): Promise<string | null> {
  const [kept, version] = await Promise.all([
    ctx.loaders.keptText.load(sha256),
    ctx.loaders.versionById.load(versionId),
  ]);
  return kept && version && (await readingOf(ctx, version.subjectId))(kept.text);
}

/** Of a version's text as the viewer gets it, as in `fileOfRevision`. */
export async function hashOfVersionTopic(
  ctx: ContentContext,
  topic: Pick<SubjectVersionTopic, 'sha256' | 'versionId'>,
): Promise<string> {
  const version = await ctx.loaders.versionById.load(topic.versionId);
  const read = await readingOf(ctx, version?.subjectId ?? '');
  if (read === asWritten) return topic.sha256;
  return describeText((await textOfVersionTopic(ctx, topic)) ?? '').sha256;
}
