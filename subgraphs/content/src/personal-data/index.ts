import type { PersonalData } from '@civitas/platform/personal-data';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { erasePerson } from './erase-person.ts';

/** What content holds of a person: their subjects with all topics, and what they like, save and learn. */
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
