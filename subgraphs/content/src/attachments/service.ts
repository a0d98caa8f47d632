import {
  cursorList,
  cursorTypes,
  type PageArguments,
  readPage,
} from '@civitas/platform/pagination';
import type { ContentContext } from '../context.ts';
import type { TopicAttachment } from '../generated/prisma/client.ts';
import type { TopicNode } from '../topics/index.ts';

export { hashesIn, hashOfReference, REFERENCE } from '../attachment-references.ts';

export const attachmentsList = cursorList('Topic.attachments', [
  cursorTypes.instant,
  cursorTypes.id('att'),
]);

/** Oldest first, `first + 1` rows at most. */
export function listAttachments(
  ctx: ContentContext,
  topic: Pick<TopicNode, 'id'>,
  args: PageArguments,
): Promise<TopicAttachment[]> {
  const page = readPage(attachmentsList, args);
  return ctx.loaders.attachmentsOfTopic.load({ parentId: topic.id, args: page });
}

/** Where a file is for a while; who asks may see what it is attached to. */
export function addressOf(
  ctx: ContentContext,
  { sha256, mediaType, name }: Pick<TopicAttachment, 'sha256' | 'mediaType' | 'name'>,
  isDownload = false,
): string {
  const isAttachment = isDownload || !mediaType.startsWith('image/');
  return ctx.files.downloads.addressOf({ sha256, mediaType, name, isAttachment }, ctx.now());
}

/** What a text of a topic refers to, by hash; what the subject does not have is left out. */
export async function findReferred(
  ctx: ContentContext,
  { subjectId }: Pick<TopicNode, 'subjectId'>,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, TopicAttachment>> {
  const found = await Promise.all(
    [...new Set(hashes)].map((sha256) =>
      ctx.loaders.attachmentByHash.load(`${subjectId} ${sha256}`),
    ),
  );
  return new Map(found.flatMap((each) => (each ? [[each.sha256, each]] : [])));
}
