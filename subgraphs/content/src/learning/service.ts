import { CivitasError } from '@civitas/platform/errors';
import { parseId } from '@civitas/platform/ids';
import { type PageArguments, readPage, whereAfterKey } from '@civitas/platform/pagination';
import { requireUser } from '@civitas/platform/subgraph';
import { type Checkpoints, readCheckpoints } from '../checkpoints/index.ts';
import type { ContentContext } from '../context.ts';
import type { Certificate, Enrolment, Subject } from '../generated/prisma/client.ts';
import { seenBy } from '../subjects/index.ts';
import type { TopicNode } from '../topics/index.ts';
import { certificatesList, enrolmentsList } from './queries.ts';

/** The topics of a subject that the viewer has done. */
export function doneTopicsOf(
  ctx: ContentContext,
  { subjectId }: { readonly subjectId: string },
): Promise<ReadonlySet<string>> {
  return ctx.loaders.ownDoneTopics.load({ parentId: subjectId, args: null });
}

/** Whether the viewer has done a topic; null when they do not learn its subject. */
export async function isDone(ctx: ContentContext, topic: TopicNode): Promise<boolean | null> {
  const enrolment = await ctx.loaders.ownEnrolment.load(topic.subjectId);
  return enrolment && (await doneTopicsOf(ctx, topic)).has(topic.id);
}

/** The questions of a topic's text as it is now. */
export async function checkpointsOf(ctx: ContentContext, topic: TopicNode): Promise<Checkpoints> {
  const text = await ctx.loaders.topicText.load(topic.id);
  return readCheckpoints(text?.markdown ?? '');
}

/** Where the viewer goes on; null when nothing is left. */
export async function resumeAt(
  ctx: ContentContext,
  enrolment: Enrolment,
): Promise<TopicNode | null> {
  const topics = await ctx.loaders.topicTree.load({ parentId: enrolment.subjectId, args: null });
  const done = await doneTopicsOf(ctx, enrolment);
  const last = topics.findIndex(({ id }) => id === enrolment.lastTopicId);
  const from = Math.max(last, 0);
  const inTurn = [...topics.slice(from), ...topics.slice(0, from)];
  return inTurn.find(({ id }) => !done.has(id)) ?? null;
}

/** A certificate by its id, which is as hard to guess as any; null for none. */
export function findCertificate(ctx: ContentContext, id: string): Promise<Certificate | null> {
  return ctx.db.client.certificate.findUnique({ where: { id: parseId('crt', id) } });
}

// Each of these answers `first + 1` rows at most: the extra one says whether there are more.

/** @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN` for what somebody else learns. */
export function listEnrolments(
  ctx: ContentContext,
  person: { readonly id: string },
  args: PageArguments,
): Promise<(Enrolment & { subject: Subject })[]> {
  const userId = requireSelf(ctx, person);
  const { first, after } = readPage(enrolmentsList, args);
  return ctx.db.client.enrolment.findMany({
    where: {
      userId,
      subject: seenBy(userId, ctx.now()),
      ...whereAfterKey(['enrolledAt', 'subjectId'], after, 'newest first'),
    },
    include: { subject: true },
    orderBy: [{ enrolledAt: 'desc' }, { subjectId: 'desc' }],
    take: first + 1,
  });
}

/** @throws CivitasError `UNAUTHENTICATED`, `FORBIDDEN` for what somebody else has learned. */
export function listCertificates(
  ctx: ContentContext,
  person: { readonly id: string },
  args: PageArguments,
): Promise<Certificate[]> {
  const userId = requireSelf(ctx, person);
  const { first, after } = readPage(certificatesList, args);
  return ctx.db.client.certificate.findMany({
    where: {
      userId,
      ...whereAfterKey(['issuedAt', 'id'], after, 'newest first'),
    },
    orderBy: [{ issuedAt: 'desc' }, { id: 'desc' }],
    take: first + 1,
  });
}

function requireSelf(ctx: ContentContext, { id }: { readonly id: string }): string {
  const viewer = requireUser(ctx);
  if (viewer.id !== id) throw new CivitasError('FORBIDDEN');
  return id;
}
