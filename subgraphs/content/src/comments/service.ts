import {
  cursorList,
  cursorTypes,
  type PageArguments,
  readPage,
} from '@civitas/platform/pagination';
import { mayAsk, readingOf } from '../checkpoints/index.ts';
import type { ContentContext } from '../context.ts';
import type { TopicComment } from '../generated/prisma/client.ts';
import { knows, rangeOf, type TextRange } from './anchor.ts';

export const commentsList = cursorList('Topic.comments', [
  cursorTypes.instant,
  cursorTypes.id('cmt'),
]);

/** Newest first, `first + 1` rows at most. */
export function listThreads(
  ctx: ContentContext,
  topic: { readonly id: string },
  args: PageArguments & { readonly resolved?: boolean | null | undefined },
): Promise<TopicComment[]> {
  const page = { ...readPage(commentsList, args), resolved: args.resolved ?? null };
  return ctx.loaders.commentThreads.load({ parentId: topic.id, args: page });
}

/** What a comment is about, as far as the viewer may read it in the topic. */
export async function readableQuote(
  ctx: ContentContext,
  { topicId, quote }: TopicComment,
): Promise<string> {
  const text = quote === '' ? null : await ctx.loaders.topicText.load(topicId);
  if (!text || !mayAsk(text.markdown)) return quote;
  const topic = await ctx.loaders.topicById.load(topicId);
  const read = await readingOf(ctx, topic?.subjectId ?? '');
  const shown = read(text.markdown);
  return shown === text.markdown || shown.includes(quote) ? quote : '';
}

/** Where the text of a thread is now; null for an answer, and when it is gone or in the archive. */
export async function currentRange(
  ctx: ContentContext,
  { topicId, anchorStart, anchorEnd, epoch, quote }: TopicComment,
): Promise<TextRange | null> {
  if (!anchorStart || !anchorEnd) return null;
  const topic = await ctx.loaders.topicById.load(topicId);
  if (topic?.archiveRootId !== null) return null;
  const room = await ctx.editing.hub.open(topicId);
  const anchor = { start: anchorStart, end: anchorEnd };
  if (!knows(room.state.doc, anchor)) await room.catchUp();
  if (room.state.epoch !== epoch) return null;
  return rangeOf(room.state.doc.getText('content'), anchor, quote);
}
