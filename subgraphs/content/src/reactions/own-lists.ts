import { CivitasError } from '@civitas/platform/errors';
import {
  cursorList,
  cursorTypes,
  type PageArguments,
  readPage,
  whereAfterKey,
} from '@civitas/platform/pagination';
import { requireUser } from '@civitas/platform/subgraph';
import type { ContentContext } from '../context.ts';
import type { Subject } from '../generated/prisma/client.ts';
import { seenBy } from '../subjects/index.ts';
import { type TopicNode, topicNode } from '../topics/index.ts';
import type { Reaction } from './counted-rows.ts';

const topicKey = [cursorTypes.instant, cursorTypes.id('top')] as const;
export const likedSubjectsList = cursorList('User.likedSubjects', [
  cursorTypes.instant,
  cursorTypes.id('sub'),
]);
export const topicLists = {
  like: cursorList('User.likedTopics', topicKey),
  save: cursorList('User.savedTopics', topicKey),
};

interface Person {
  readonly id: string;
}

/**
 * Subjects that the viewer likes and may still see, last liked first, `first + 1` rows at most.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN` for what somebody else likes.
 */
export function listLikedSubjects(
  ctx: ContentContext,
  person: Person,
  args: PageArguments,
): Promise<{ createdAt: Date; subject: Subject }[]> {
  const userId = requireSelf(ctx, person);
  const { first, after } = readPage(likedSubjectsList, args);
  return ctx.db.client.subjectLike.findMany({
    where: {
      userId,
      subject: seenBy(userId, ctx.now()),
      ...whereAfterKey(['createdAt', 'subjectId'], after, 'newest first'),
    },
    select: { createdAt: true, subject: true },
    orderBy: [{ createdAt: 'desc' }, { subjectId: 'desc' }],
    take: first + 1,
  });
}

/**
 * Topics that the viewer likes or has saved, may still see, and that are not archived; the last first,
 * `first + 1` rows at most.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN` for those of somebody else.
 */
export function listOwnTopics(
  ctx: ContentContext,
  reaction: Reaction,
  person: Person,
  args: PageArguments,
): Promise<{ createdAt: Date; topic: TopicNode }[]> {
  const userId = requireSelf(ctx, person);
  const { first, after } = readPage(topicLists[reaction], args);
  const query = {
    where: {
      userId,
      topic: { archiveRootId: null, subject: seenBy(userId, ctx.now()) },
      ...whereAfterKey(['createdAt', 'topicId'], after, 'newest first'),
    },
    select: { createdAt: true, topic: { select: topicNode } },
    orderBy: [{ createdAt: 'desc' as const }, { topicId: 'desc' as const }],
    take: first + 1,
  };
  const { topicLike, topicSave } = ctx.db.client;
  return reaction === 'like' ? topicLike.findMany(query) : topicSave.findMany(query);
}

function requireSelf(ctx: ContentContext, person: Person): string {
  const { id } = requireUser(ctx);
  if (id !== person.id) throw new CivitasError('FORBIDDEN');
  return id;
}
