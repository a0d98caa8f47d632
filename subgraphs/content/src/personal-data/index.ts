import type { PersonalData } from '@civitas/platform/personal-data';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { erasePerson } from './erase-person.ts';

/**
 * What content holds of a person: their subjects with all topics, their part in those of others, and what
 * they open, like, save and learn.
 */
export function personalData(now: () => Date): PersonalData<PrismaClient> {
  return {
    subgraph: 'content',
    now,
    sections: {
      subjects: (tx, authorId, page) =>
        tx.subject.findMany({ where: { authorId }, orderBy: { id: 'asc' }, ...page }),
      topics: (tx, authorId, page) =>
        tx.topic.findMany({ where: { subject: { authorId } }, orderBy: { id: 'asc' }, ...page }),
      comments: (tx, authorId, page) =>
        tx.topicComment.findMany({ where: { authorId }, orderBy: { id: 'asc' }, ...page }),
      attachments: (tx, uploadedBy, page) =>
        tx.topicAttachment.findMany({ where: { uploadedBy }, orderBy: { id: 'asc' }, ...page }),
      invitationsMade: (tx, invitedBy, page) =>
        tx.subjectMember.findMany({
          where: { invitedBy },
          orderBy: [{ subjectId: 'asc' }, { userId: 'asc' }, { source: 'asc' }],
          ...page,
        }),
      memberships: (tx, userId, page) =>
        tx.subjectMember.findMany({ where: { userId }, orderBy: { subjectId: 'asc' }, ...page }),
      shareLinks: (tx, createdBy, page) =>
        tx.subjectShareLink.findMany({
          where: { createdBy },
          omit: { tokenHash: true },
          orderBy: { id: 'asc' },
          ...page,
        }),
      // What others wrote of it is in their exports: here is when, and what it was called.
      revisions: (tx, authorId, page) =>
        tx.topicRevision.findMany({
          where: { authorIds: { has: authorId } },
          omit: { authorIds: true },
          orderBy: { id: 'asc' },
          ...page,
        }),
      versions: (tx, createdBy, page) =>
        tx.subjectVersion.findMany({ where: { createdBy }, orderBy: { id: 'asc' }, ...page }),
      importsUnderWay: (tx, userId, page) =>
        tx.importUpload.findMany({
          where: { userId },
          omit: { objectKey: true },
          orderBy: { id: 'asc' },
          ...page,
        }),
      uploadsUnderWay: (tx, userId, page) =>
        tx.attachmentUpload.findMany({
          where: { userId },
          omit: { objectKey: true },
          orderBy: { id: 'asc' },
          ...page,
        }),
      subjectsOpened: (tx, userId, page) =>
        tx.subjectClick.findMany({ where: { userId }, orderBy: { subjectId: 'asc' }, ...page }),
      topicsOpened: (tx, userId, page) =>
        tx.topicClick.findMany({ where: { userId }, orderBy: { topicId: 'asc' }, ...page }),
      commentsResolved: (tx, resolvedBy, page) =>
        tx.topicComment.findMany({
          where: { resolvedBy },
          select: { id: true, resolvedAt: true },
          orderBy: { id: 'asc' },
          ...page,
        }),
      likes: (tx, userId, page) =>
        tx.subjectLike.findMany({ where: { userId }, orderBy: { subjectId: 'asc' }, ...page }),
      saves: (tx, userId, page) =>
        tx.subjectSave.findMany({ where: { userId }, orderBy: { subjectId: 'asc' }, ...page }),
      topicLikes: (tx, userId, page) =>
        tx.topicLike.findMany({ where: { userId }, orderBy: { topicId: 'asc' }, ...page }),
      topicSaves: (tx, userId, page) =>
        tx.topicSave.findMany({ where: { userId }, orderBy: { topicId: 'asc' }, ...page }),
      enrolments: (tx, userId, page) =>
        tx.enrolment.findMany({ where: { userId }, orderBy: { subjectId: 'asc' }, ...page }),
      topicsDone: (tx, userId, page) =>
        tx.topicDone.findMany({ where: { userId }, orderBy: { topicId: 'asc' }, ...page }),
      checkpointAttempts: (tx, userId, page) =>
        tx.checkpointAttempt.findMany({ where: { userId }, orderBy: { id: 'asc' }, ...page }),
      certificates: (tx, userId, page) =>
        tx.certificate.findMany({ where: { userId }, orderBy: { id: 'asc' }, ...page }),
    },
    erase: erasePerson,
  };
}
