import type { NewEvent } from '@civitas/platform/events';
import type { Certificate } from '../generated/prisma/client.ts';

/** Somebody has learned a subject. */
export function certificateIssued(certificate: Certificate): NewEvent {
  return {
    type: 'content.certificate.issued',
    aggregateId: certificate.id,
    occurredAt: certificate.issuedAt,
    payload: {
      certificateId: certificate.id,
      subjectId: certificate.subjectId,
      userId: certificate.userId,
      authorId: certificate.authorId,
    },
  };
}
