import { CivitasError } from '@civitas/platform/errors';
import {
  cursorList,
  cursorTypes,
  type PageArguments,
  readPage,
} from '@civitas/platform/pagination';
import { requireUser } from '@civitas/platform/subgraph';
import type { ContentContext } from '../context.ts';
import {
  Prisma,
  type Subject,
  type SubjectMember,
  type SubjectRole,
  type SubjectShareLink,
} from '../generated/prisma/client.ts';
import { allows, roleOf } from '../subjects/index.ts';
import { INVITATION, MAX_INVITATIONS } from './limits.ts';

export const sharedSubjectsList = cursorList('User.sharedSubjects', [
  cursorTypes.instant,
  cursorTypes.id('sub'),
]);

/** Null for those without a role; owners see who has not answered yet, too. */
export async function listCollaborators(
  ctx: ContentContext,
  subject: Subject,
): Promise<SubjectMember[] | null> {
  const role = await roleOf(ctx, subject);
  if (role === null) return null;
  const members = await ctx.loaders.collaborators.load({ parentId: subject.id, args: null });
  return members.filter(({ acceptedAt }) => acceptedAt !== null || allows(role, 'OWNER'));
}

/** Null for everybody but owners. */
export async function listShareLinks(
  ctx: ContentContext,
  subject: Subject,
): Promise<SubjectShareLink[] | null> {
  if (!allows(await roleOf(ctx, subject), 'OWNER')) return null;
  return ctx.loaders.shareLinks.load({ parentId: subject.id, args: null });
}

/** @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN` for the invitations of somebody else. */
export async function listInvitations(
  ctx: ContentContext,
  person: { readonly id: string },
): Promise<(SubjectMember & { subject: Subject })[]> {
  requireSelf(ctx, person);
  return ctx.db.client.subjectMember.findMany({
    where: { userId: person.id, source: INVITATION, acceptedAt: null },
    include: { subject: true },
    orderBy: [{ createdAt: 'desc' }, { subjectId: 'desc' }],
    take: MAX_INVITATIONS,
  });
}

export interface SharedSubject {
  readonly subjectId: string;
  readonly role: SubjectRole;
  /** When the first of its memberships began. */
  readonly since: Date;
  readonly subject: Subject;
}

/**
 * Subjects in which the viewer has a role that holds, each once, `first + 1` rows at most.
 *
 * @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN` for those of somebody else.
 */
export async function listSharedSubjects(
  ctx: ContentContext,
  person: { readonly id: string },
  args: PageArguments,
): Promise<SharedSubject[]> {
  requireSelf(ctx, person);
  const { first, after } = readPage(sharedSubjectsList, args);
  const behind =
    after === null
      ? Prisma.empty
      : Prisma.sql`HAVING (min(created_at), subject_id) < (${after[0]}::timestamptz, ${after[1]}::text)`;
  const rows = await ctx.db.client.$queryRaw<Omit<SharedSubject, 'subject'>[]>`
    SELECT subject_id AS "subjectId", max(role)::text AS role, min(created_at) AS since
    FROM subject_member
    WHERE user_id = ${person.id} AND accepted_at IS NOT NULL
      AND (expires_at IS NULL OR expires_at > ${ctx.now()})
    GROUP BY subject_id ${behind}
    ORDER BY since DESC, subject_id DESC
    LIMIT ${first + 1}`;
  const subjects = await ctx.loaders.subjectById.loadMany(rows.map(({ subjectId }) => subjectId));
  return rows.flatMap((row, index) => {
    const subject = subjects[index];
    return subject && !(subject instanceof Error) ? [{ ...row, subject }] : [];
  });
}

function requireSelf(ctx: ContentContext, person: { readonly id: string }): void {
  if (requireUser(ctx).id !== person.id) throw new CivitasError('FORBIDDEN');
}
