import { MAX_SUBJECT_BYTES } from '../attachments/index.ts';

const MIB = 1024 * 1024;

/** A document, or an archive, in the body of a request: what the gateway takes there. */
export const MAX_BODY_FILE_BYTES = 5 * MIB;
/** An archive that is sent by itself: all that a subject can have, and the names of it. */
export const MAX_ARCHIVE_BYTES = MAX_SUBJECT_BYTES + 20 * MIB;
/** That one person has begun within the hour and not imported. */
export const MAX_IMPORT_UPLOADS = 3;
/** How long a file that was sent waits to be imported. */
export const IMPORT_UPLOAD_LIFETIME_MS = 60 * 60_000;
