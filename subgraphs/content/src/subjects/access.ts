import type { Viewer } from '@civitas/platform/subgraph';
import type { ContentContext } from '../context.ts';
import type { Prisma, Subject, SubjectRole } from '../generated/prisma/client.ts';

/** Null when nobody is signed in. */
export function viewerIdOf(viewer: Viewer): string | null {
  return viewer.type === 'user' ? viewer.id : null;
}

const RANK: Readonly<Record<SubjectRole, number>> = {
  VIEWER: 1,
  COMMENTER: 2,
  EDITOR: 3,
  OWNER: 4,
};

/** Whether a role allows what another one does; no role allows nothing. */
export function allows(role: SubjectRole | null | undefined, wanted: SubjectRole): boolean {
  return role != null && RANK[role] >= RANK[wanted];
}

/** What the viewer may do with a subject; null for what anybody may. The author is an owner. */
export async function roleOf(
  ctx: ContentContext,
  subject: Pick<Subject, 'id' | 'authorId'>,
): Promise<SubjectRole | null> {
  const userId = viewerIdOf(ctx.viewer);
  if (userId === subject.authorId) return 'OWNER';
  const shared = ctx.sharedRoles.get(subject.id) ?? null;
  const own = userId === null ? null : await ctx.loaders.ownRole.load(subject.id);
  return own && allows(own.role, shared ?? 'VIEWER') ? own.role : shared;
}

/** Whether a subject and its topics are for the viewer to see. */
export async function maySee(
  ctx: ContentContext,
  subject: Pick<Subject, 'id' | 'authorId' | 'visibility'>,
): Promise<boolean> {
  return subject.visibility !== 'PRIVATE' || (await roleOf(ctx, subject)) !== null;
}

/** Memberships that hold at an instant, as a condition of Prisma. */
function membershipOf(userId: string, now: Date): Prisma.SubjectMemberWhereInput {
  return {
    userId,
    acceptedAt: { not: null },
    OR: [{ expiresAt: null }, { expiresAt: { gt: now } }],
  };
}

/** Subjects somebody may see by their id, as a condition of Prisma. */
export function seenBy(userId: string, now: Date): Prisma.SubjectWhereInput {
  return {
    OR: [
      { visibility: { not: 'PRIVATE' } },
      { authorId: userId },
      { members: { some: membershipOf(userId, now) } },
    ],
  };
}
