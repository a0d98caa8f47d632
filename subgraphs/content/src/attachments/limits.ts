const MIB = 1024 * 1024;

export const MAX_IMAGE_BYTES = 10 * MIB;
export const MAX_FILE_BYTES = 20 * MIB;
/** Of one subject. */
export const MAX_ATTACHMENTS = 500;
export const MAX_SUBJECT_BYTES = 200 * MIB;
/** Of what one person has uploaded to all subjects. */
export const MAX_PERSON_BYTES = 1024 * MIB;
/** That one person has begun and not finished. */
export const MAX_UPLOADS = 20;
/** How long a file that has arrived waits to be asked for, or imported. */
export const UPLOAD_LIFETIME_MS = 60 * 60_000;
