import type { ContentContext } from '../context.ts';
import type { Subject } from '../generated/prisma/client.ts';
import { allows, roleOf } from '../subjects/index.ts';
import type { TopicNode } from '../topics/index.ts';

/** The roots of what is archived, last archived first; null for those who may not edit the subject. */
export async function listArchivedTopics(
  ctx: ContentContext,
  subject: Subject,
): Promise<TopicNode[] | null> {
  if (!allows(await roleOf(ctx, subject), 'EDITOR')) return null;
  return ctx.loaders.archivedTopics.load({ parentId: subject.id, args: null });
}
