import { groupedLoader } from '@civitas/platform/loaders';
import type { ContentDatabase } from '../context.ts';
import type { Prisma, SubjectMember, SubjectShareLink } from '../generated/prisma/client.ts';

/** Links that hold at an instant, as a condition of Prisma. */
export function linksThatHold(now: Date): Prisma.SubjectShareLinkWhereInput {
  return { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
}

/** By subject; they do not say whether the viewer may see them. */
export function createCollaborationLoaders(db: ContentDatabase, now: () => Date) {
  return {
    /** Those who were invited and those who came by a link, first come first. */
    collaborators: groupedLoader<null, SubjectMember[]>(
      async (subjectIds) => {
        const members = await db.client.subjectMember.findMany({
          where: {
            subjectId: { in: [...subjectIds] },
            OR: [{ expiresAt: null }, { expiresAt: { gt: now() } }],
          },
          orderBy: [{ createdAt: 'asc' }, { userId: 'asc' }],
        });
        return Map.groupBy(members, ({ subjectId }) => subjectId);
      },
      () => [],
    ),
    shareLinks: groupedLoader<null, SubjectShareLink[]>(
      async (subjectIds) => {
        const links = await db.client.subjectShareLink.findMany({
          where: { subjectId: { in: [...subjectIds] }, ...linksThatHold(now()) },
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        });
        return Map.groupBy(links, ({ subjectId }) => subjectId);
      },
      () => [],
    ),
  };
}
