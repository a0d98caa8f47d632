import type { PersonalData } from '@civitas/platform/personal-data';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { erasePerson } from './erase-person.ts';

/** What content holds of a person: their subjects with all topics, and what they like and save. */
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
      memberships: (tx, userId, page) =>
        tx.subjectMember.findMany({ where: { userId }, orderBy: { subjectId: 'asc' }, ...page }),
      likes: (tx, userId, page) =>
        tx.subjectLike.findMany({ where: { userId }, orderBy: { subjectId: 'asc' }, ...page }),
      saves: (tx, userId, page) =>
        tx.subjectSave.findMany({ where: { userId }, orderBy: { subjectId: 'asc' }, ...page }),
    },
    erase: (tx, userId) => erasePerson(tx, userId),
  };
}
