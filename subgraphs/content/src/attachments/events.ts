import type { NewEvent } from '@civitas/platform/events';
import type { TopicAttachment } from '../generated/prisma/client.ts';

/** Somebody has attached a file to a topic. */
export function attachmentAdded(attachment: TopicAttachment): NewEvent {
  return attachmentEvent('content.attachment.added', attachment, attachment.createdAt);
}

/** Somebody has taken a file off a topic. */
export function attachmentRemoved(attachment: TopicAttachment, now: Date): NewEvent {
  return attachmentEvent('content.attachment.removed', attachment, now);
}

function attachmentEvent(
  type: string,
  { id, topicId, subjectId, uploadedBy }: TopicAttachment,
  occurredAt: Date,
): NewEvent {
  const payload = { attachmentId: id, topicId, subjectId, uploadedBy };
  return { type, aggregateId: subjectId, occurredAt, payload };
}
