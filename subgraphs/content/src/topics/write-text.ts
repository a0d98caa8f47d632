import type { ContentContext, ContentTransaction } from '../context.ts';
import { type Rewrite, rewriteDocument } from '../editing/index.ts';
import { keepReferences } from '../references/index.ts';
import { growSubject } from './service.ts';

/**
 * Gives a topic another text: counts its bytes into the subject, appends the differences to the live
 * document, keeps what it links to. The caller holds the locks of the subject and of the topic, and
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
): Promise<Rewrite | null> {
  const [before] = await tx.$queryRaw<{ bytes: number }[]>`
    SELECT octet_length(markdown) AS bytes FROM topic WHERE id = ${topic.id}`;
  const bytes = Buffer.byteLength(markdown) - (before?.bytes ?? 0);
  await growSubject(ctx, tx, topic.subjectId, { topics: 0, bytes });
  const rewrite = await rewriteDocument(tx, topic.id, markdown, { userId, now: ctx.now() });
  await tx.topic.update({
    where: { id: topic.id },
    data: { markdown, updatedAt: ctx.now() },
    select: { id: true },
  });
  await keepReferences(tx, { ...topic, markdown });
  return rewrite;
}
