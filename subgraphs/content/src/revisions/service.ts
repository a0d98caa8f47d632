import { parseId } from '@civitas/platform/ids';
import {
  cursorList,
  cursorTypes,
  type PageArguments,
  readPage,
} from '@civitas/platform/pagination';
import { asWritten, readingOf } from '../checkpoints/index.ts';
import type { ContentContext } from '../context.ts';
import type { TopicRevision } from '../generated/prisma/client.ts';
import { describeText } from '../objects/index.ts';
import { findVisibleTopic } from '../topics/index.ts';
import { diffTexts, type TextDifference } from './diff-texts.ts';

export const revisionsList = cursorList('Topic.revisions', [cursorTypes.int]);

/** Newest first, `first + 1` rows at most. */
export function listRevisions(
  ctx: ContentContext,
  topic: { readonly id: string },
  args: PageArguments,
): Promise<TopicRevision[]> {
  const page = readPage(revisionsList, args);
  return ctx.loaders.revisionsOfTopic.load({ parentId: topic.id, args: page });
}

/**
 * A revision of a topic the viewer may see; null for any other.
 *
 * @throws CivitasError `MALFORMED_ID`.
 */
export async function findVisibleRevision(
  ctx: ContentContext,
  id: string,
): Promise<TopicRevision | null> {
  const revision = await ctx.loaders.revisionById.load(parseId('rev', id));
  return revision && (await findVisibleTopic(ctx, revision.topicId)) ? revision : null;
}

/** Null when the file cannot be read now. */
export async function textOfRevision(
  ctx: ContentContext,
  { sha256, topicId }: Pick<TopicRevision, 'sha256' | 'topicId'>,
): Promise<string | null> {
  const [kept, topic] = await Promise.all([
    ctx.loaders.keptText.load(sha256),
    ctx.loaders.topicById.load(topicId),
  ]);
  return kept && topic && (await readingOf(ctx, topic.subjectId))(kept.text);
}

/**
 * Size and hash of a revision's text as the viewer gets it: a hash of the whole text would let somebody
 * try out what is hidden from them.
 */
export async function fileOfRevision(
  ctx: ContentContext,
  revision: TopicRevision,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const topic = await ctx.loaders.topicById.load(revision.topicId);
  const read = await readingOf(ctx, topic?.subjectId ?? '');
  if (read === asWritten) return revision;
  return describeText((await textOfRevision(ctx, revision)) ?? '');
}

/**
 * What has changed since another revision of the topic; since the one before when `sinceId` is null.
 *
 * @throws CivitasError `MALFORMED_ID`.
 */
export async function changesOf(
  ctx: ContentContext,
  revision: TopicRevision,
  sinceId: string | null,
): Promise<TextDifference | null> {
  const { topicId, number } = revision;
  const before =
    sinceId === null
      ? await ctx.db.client.topicRevision.findFirst({ where: { topicId, number: number - 1 } })
      : await ctx.loaders.revisionById.load(parseId('rev', sinceId));
  if (before ? before.topicId !== topicId : sinceId !== null) return null;
  const [old, present] = await Promise.all([
    before ? textOfRevision(ctx, before) : '',
    textOfRevision(ctx, revision),
  ]);
  return old === null || present === null ? null : diffTexts(old, present);
}
