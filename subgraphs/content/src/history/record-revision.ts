import { newId } from '@civitas/platform/ids';
import type { ContentTransaction } from '../context.ts';
import type { RevisionKind, TopicRevision } from '../generated/prisma/client.ts';
import { describeText, keepTexts } from '../objects/index.ts';

interface NewRevision {
  readonly topicId: string;
  readonly markdown: string;
  /** What the topic had before: it becomes the first revision when there is none. */
  readonly before: string;
  readonly kind: Exclude<RevisionKind, 'ORIGINAL'>;
  /** Of a `NAMED` one. */
  readonly name?: string;
  /** Who wrote it, at least one. */
  readonly authorIds: readonly string[];
  readonly now: Date;
}

/** Live edits of the same people within this time are one revision. */
const SESSION_MS = 10 * 60 * 1000;
const MAX_AUTHORS = 20;

/**
 * Keeps the text that a topic has now as a revision, in the transaction that wrote it; the caller holds
 * the lock of the topic. A text that is the newest revision already makes none, unless it gets a name.
 */
export async function recordRevision(
  tx: ContentTransaction,
  revision: NewRevision,
): Promise<TopicRevision> {
  const { topicId, markdown, before, kind, now } = revision;
  const newest =
    (await tx.topicRevision.findFirst({ where: { topicId }, orderBy: { number: 'desc' } })) ??
    (await recordOriginal(tx, topicId, before, now));
  const kept = describeText(markdown);
  const isSame = newest.sha256 === kept.sha256;
  if (isSame && kind !== 'NAMED') return newest;
  await keepTexts(tx, [markdown], now);
  const authorIds = revision.authorIds.slice(0, MAX_AUTHORS);
  if (kind === 'EDITED' && newest.kind === 'EDITED' && continues(newest, authorIds, now)) {
    return tx.topicRevision.update({ where: { id: newest.id }, data: { ...kept, createdAt: now } });
  }
  return tx.topicRevision.create({
    data: {
      id: newId('rev'),
      topicId,
      number: newest.number + 1,
      kind,
      name: revision.name ?? null,
      ...kept,
      authorIds,
      createdAt: now,
    },
  });
}

/** What the topic was before its first change, by the author of the subject. */
async function recordOriginal(
  tx: ContentTransaction,
  topicId: string,
  markdown: string,
  now: Date,
): Promise<TopicRevision> {
  const { createdAt, subject } = await tx.topic.findUniqueOrThrow({
    where: { id: topicId },
    select: { createdAt: true, subject: { select: { authorId: true } } },
  });
  await keepTexts(tx, [markdown], now);
  return tx.topicRevision.create({
    data: {
      id: newId('rev'),
      topicId,
      number: 1,
      kind: 'ORIGINAL',
      ...describeText(markdown),
      authorIds: [subject.authorId],
      createdAt,
    },
  });
}

function continues(newest: TopicRevision, authorIds: readonly string[], now: Date): boolean {
  const isRecent = now.getTime() - newest.createdAt.getTime() < SESSION_MS;
  return isRecent && newest.authorIds.toSorted().join() === authorIds.toSorted().join();
}
