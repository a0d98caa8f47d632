import type { NewEvent } from '@civitas/platform/events';
import type { Subject } from '../generated/prisma/client.ts';

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
