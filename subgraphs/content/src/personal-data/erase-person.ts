import type { ContentTransaction } from '../context.ts';
import { noteErasedTexts } from '../objects/index.ts';

const ERASED_WORDS = '—';

/**
 * Deletes somebody's subjects with everything in them, and takes back their likes and saves, which
 * the counters of other people's subjects and topics follow, what they have learned, and their part in
 * those: also invitations that they made and nobody has accepted, and their share links. What they said
 * about the topics of others loses its words, because threads hang on it. The files of their texts follow
 * (see `deleteErasedTexts`).
 */
export async function erasePerson(
  tx: ContentTransaction,
  userId: string,
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    WITH gone AS (DELETE FROM subject_like WHERE user_id = ${userId} RETURNING subject_id)
    UPDATE subject SET like_count = like_count - 1 FROM gone WHERE subject.id = gone.subject_id`;
  await tx.$executeRaw`
    WITH gone AS (DELETE FROM subject_save WHERE user_id = ${userId} RETURNING subject_id)
    UPDATE subject SET save_count = save_count - 1 FROM gone WHERE subject.id = gone.subject_id`;
  await tx.$executeRaw`
    WITH gone AS (DELETE FROM topic_like WHERE user_id = ${userId} RETURNING topic_id)
    UPDATE topic SET like_count = like_count - 1 FROM gone WHERE topic.id = gone.topic_id`;
  await tx.$executeRaw`
    WITH gone AS (DELETE FROM topic_save WHERE user_id = ${userId} RETURNING topic_id)
    UPDATE topic SET save_count = save_count - 1 FROM gone WHERE topic.id = gone.topic_id`;
  // That somebody clicked stays counted; who it was does not.
  await tx.subjectClick.deleteMany({ where: { userId } });
  await tx.topicClick.deleteMany({ where: { userId } });
  await tx.enrolment.deleteMany({ where: { userId } });
  await tx.certificate.deleteMany({ where: { userId } });
  await tx.subjectMember.deleteMany({
    where: { OR: [{ userId }, { invitedBy: userId, acceptedAt: null }] },
  });
  await tx.subjectShareLink.deleteMany({ where: { createdBy: userId } });
  await tx.topicComment.updateMany({
    where: { authorId: userId },
    data: { body: ERASED_WORDS, quote: '' },
  });
  // What they attached belongs to its topic; who it was does not.
  await tx.topicAttachment.updateMany({
    where: { uploadedBy: userId },
    data: { uploadedBy: null },
  });
  await tx.attachmentUpload.deleteMany({ where: { userId } });
  await tx.importUpload.deleteMany({ where: { userId } });
  await noteErasedTexts(tx, userId, now);
  await tx.subject.deleteMany({ where: { authorId: userId } });
}
