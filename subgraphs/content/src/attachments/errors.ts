import { UserFailure } from '@civitas/platform/errors';
import {
  MAX_ATTACHMENTS,
  MAX_FILE_BYTES,
  MAX_IMAGE_BYTES,
  MAX_PERSON_BYTES,
  MAX_SUBJECT_BYTES,
  MAX_UPLOADS,
} from './limits.ts';

export function attachmentNotFound(): UserFailure {
  const message = 'There is no such attachment.';
  return new UserFailure('AttachmentNotFound', message, ['input', 'attachmentId']);
}

export function attachmentsFull(): UserFailure {
  return new UserFailure('AttachmentsFull', 'There is no room for this attachment.', null, {
    maxAttachments: MAX_ATTACHMENTS,
    maxBytes: MAX_SUBJECT_BYTES,
    maxBytesOfPerson: MAX_PERSON_BYTES,
  });
}

export function tooManyUploads(maxUploads = MAX_UPLOADS): UserFailure {
  const message = 'Finish the uploads that you have begun.';
  return new UserFailure('TooManyUploads', message, null, { maxUploads });
}

/** @param isOpen whether the file may still be sent. */
export function fileUploadNotFound(isOpen: boolean): UserFailure {
  const message = isOpen ? 'The file has not arrived.' : 'There is no such upload.';
  return new UserFailure('FileUploadNotFound', message, ['input', 'uploadId'], { isOpen });
}

const REFUSALS = {
  NOT_READABLE: 'The file is damaged, or has too many pixels.',
  TOO_LARGE: `A picture has at most ${MAX_IMAGE_BYTES} bytes, a PDF ${MAX_FILE_BYTES}.`,
  UNSUPPORTED_TYPE: 'Only PNG, JPEG, WebP, GIF, AVIF and PDF may be uploaded.',
} as const;

export function fileRefused(reason: keyof typeof REFUSALS): UserFailure {
  return new UserFailure('FileRefused', REFUSALS[reason], ['input', 'uploadId'], { reason });
}
