import { SUBJECT_TITLE_LENGTH } from '../subjects/index.ts';
import { MAX_TOPICS } from '../topics/index.ts';

/** What one import may hold; the message of a refusal names the limit that was passed. */
export interface ImportLimits {
  /** In UTF-8. */
  readonly maxBytes: number;
  /** Bounds the work of the parser, which is done within the request: about a second at most. */
  readonly maxLines: number;
  readonly maxTopics: number;
  /** Heading levels, and quotes and lists around a heading. CommonMark itself knows six levels. */
  readonly maxDepth: number;
  /** Of one heading as plain text, in UTF-16 code units. */
  readonly maxTitleLength: number;
}

export const IMPORT_LIMITS: ImportLimits = {
  maxBytes: 2 * 1024 * 1024,
  maxLines: 100_000,
  maxTopics: MAX_TOPICS,
  maxDepth: 6,
  maxTitleLength: SUBJECT_TITLE_LENGTH,
};
