import { UserFailure } from '@civitas/platform/errors';

/** Members of the schema's `ImportRefusal`. */
export type RefusalReason =
  | 'NESTED_TOO_DEEP'
  | 'NO_TITLE'
  | 'NOT_READABLE'
  | 'NOT_TEXT'
  | 'TITLE_TOO_LONG'
  | 'TOO_LARGE'
  | 'TOO_MANY_TOPICS'
  | 'UNSAFE';

/**
 * Why a document cannot become a subject.
 *
 * @param line counted from 1; null when it is no line in particular. The message names it too.
 */
export function importRefused(
  reason: RefusalReason,
  explanation: string,
  line: number | null,
): UserFailure {
  const message = line === null ? explanation : `Line ${line}: ${explanation}`;
  return new UserFailure('ImportRefused', message, ['input', 'markdown'], { reason, line });
}
