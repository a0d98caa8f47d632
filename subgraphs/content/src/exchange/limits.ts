import { MAX_SUBJECT_BYTES } from '../attachments/index.ts';

const MIB = 1024 * 1024;

/** A document, or an archive, in the body of a request: what the gateway takes there. */
export const MAX_BODY_FILE_BYTES = 5 * MIB;
/** An archive that is sent by itself: all that a subject can have, and the names of it. */
export const MAX_ARCHIVE_BYTES = MAX_SUBJECT_BYTES + 20 * MIB;
/** That one person has begun and not imported; then the oldest gives way. */
export const MAX_IMPORT_UPLOADS = 3;
/** A request has ten seconds by default, and its answer has to get back. */
export const ANSWER_IMPORT_AFTER_MS = 7_000;
