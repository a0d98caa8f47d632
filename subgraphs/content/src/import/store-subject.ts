import { appendEvents } from '@civitas/platform/events';
import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import type { ContentContext, ContentTransaction } from '../context.ts';
import type { Subject, SubjectVisibility } from '../generated/prisma/client.ts';
import { insertReferences } from '../references/index.ts';
import { subjectCreated } from '../subjects/index.ts';
import { insertTopics } from '../topics/index.ts';
import type { PreparedSubject } from './prepare-import.ts';

/** Topics that one statement stores. */
const BATCH = 1_000;

interface StoreOptions {
  /** Is told how many topics are stored so far, again from the start when the transaction is. */
  readonly onStored?: (topics: number) => void;
  /** What else belongs to it, in the same transaction, once the topics are there. */
  readonly alongside?: (tx: ContentTransaction, subject: Subject) => Promise<void>;
}

/**
 * Stores what was imported as a subject of the viewer, in one transaction; emits
 * `content.subject.created`.
 */
export async function storeSubject(
  ctx: ContentContext,
  { topics, ...prepared }: PreparedSubject,
  visibility: SubjectVisibility,
  { onStored, alongside }: StoreOptions = {},
): Promise<Subject> {
  const { id: authorId } = requireUser(ctx);
  const now = ctx.now();
  const stamps = { createdAt: now, updatedAt: now };
  return ctx.db.inTransaction(async (tx) => {
    const id = newId('sub');
    const subject = await tx.subject.create({
      data: { id, authorId, visibility, ...prepared, topicCount: topics.length, ...stamps },
    });
    const rows = topics.map((topic) => ({ ...topic, subjectId: id }));
    // Parents come before their children, so that each batch finds its parents there.
    for (let at = 0; at < rows.length; at += BATCH) {
      const batch = rows.slice(at, at + BATCH);
      await insertTopics(tx, id, batch, now);
      await insertReferences(tx, batch);
      onStored?.(at + batch.length);
    }
    await alongside?.(tx, subject);
    await appendEvents(tx, [subjectCreated(subject)]);
    return subject;
  });
}
