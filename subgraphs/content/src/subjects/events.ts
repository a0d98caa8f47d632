import type { NewEvent } from '@civitas/platform/events';
import type { Subject } from '../generated/prisma/client.ts';

/** What a subject says of itself, or who can see it, is other than before. */
export function subjectChanged(subject: Subject): NewEvent {
  return {
    type: 'content.subject.changed',
    aggregateId: subject.id,
    occurredAt: subject.updatedAt,
    payload: { subjectId: subject.id, visibility: subject.visibility },
  };
}

/** Somebody has started a subject, empty or by an import. */
export function subjectCreated(subject: Subject): NewEvent {
  return {
    type: 'content.subject.created',
    aggregateId: subject.id,
    occurredAt: subject.createdAt,
    payload: {
      subjectId: subject.id,
      authorId: subject.authorId,
      visibility: subject.visibility,
      topicCount: subject.topicCount,
    },
  };
}
