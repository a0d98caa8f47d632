import type { ContentContext, ContentTransaction } from '../context.ts';
import { type Rewrite, readTexts, rewriteDocument, writersOf } from '../editing/index.ts';
import { recordRevision } from '../history/index.ts';
import { keepReferences } from '../references/index.ts';
import { growSubject } from './service.ts';

/**
 * Gives a topic another text: counts its bytes into the subject, appends the differences to the live
 * document, keeps what it links to, makes a revision. The caller holds the locks of the subject and of the topic, and
 * announces the rewrite after the commit.
 *
 * @throws UserFailure `SubjectFull`.
 */
export async function writeText(
  ctx: ContentContext,
  tx: ContentTransaction,
  topic: { readonly id: string; readonly subjectId: string },
  markdown: string,
  userId: string,
  kind: 'EDITED' | 'RESTORED' = 'EDITED',
): Promise<Rewrite | null> {
  const now = ctx.now();
  const { markdown: before } = await tx.topic.findUniqueOrThrow({
    where: { id: topic.id },
    select: { markdown: true },
  });
  await recordLiveEdits(tx, topic.id, before, now);
  const bytes = Buffer.byteLength(markdown) - Buffer.byteLength(before);
  await growSubject(ctx, tx, topic.subjectId, { topics: 0, bytes });
  const rewrite = await rewriteDocument(tx, topic.id, markdown, { userId, now });
  await tx.topic.update({
    where: { id: topic.id },
    data: { markdown, updatedAt: now },
    select: { id: true },
  });
  await keepReferences(tx, { ...topic, markdown });
  const revision = { topicId: topic.id, markdown, before, kind, authorIds: [userId], now };
  await recordRevision(tx, revision);
  return rewrite;
}

/** What was written live and not compacted yet is about to be replaced: it becomes a revision first. */
async function recordLiveEdits(
  tx: ContentTransaction,
  topicId: string,
  before: string,
  now: Date,
): Promise<void> {
  const live = (await readTexts(tx, [topicId])).get(topicId) ?? before;
  if (live === before) return;
  const authorIds = await writersOf(tx, topicId);
  if (authorIds.length === 0) return;
  await recordRevision(tx, { topicId, markdown: live, before, kind: 'EDITED', authorIds, now });
}
