import { z } from 'zod';
import { isId } from '../ids/index.ts';

// Everything of Unicode's category Cc but tab and line feed; NUL would not even reach a column.
const CONTROL_IN_TEXT = /[\p{Cc}--[\t\n]]/v;
const CONTROL_IN_LINE = /\p{Cc}/v;
/** Halves of surrogate pairs cannot be stored as UTF-8. */
const LONE_SURROGATE = /\p{Surrogate}/v;

interface TextRules {
  /** Bounds in UTF-16 code units after trimming. */
  readonly min?: number;
  readonly max: number;
  /** Allow line feeds and tabs; carriage returns are turned into line feeds. */
  readonly multiline?: boolean;
}

/** Text a person typed: trimmed, bounded, without control characters, NFC-normalized. */
export function text({ min = 1, max, multiline = false }: TextRules) {
  return z
    .string()
    .max(max * 2 + 1000, `must have at most ${max} characters.`)
    .transform((value) => (multiline ? value.replaceAll(/\r\n?/g, '\n') : value).normalize().trim())
    .refine((value) => value.length <= max, `must have at most ${max} characters.`)
    .refine((value) => value.length >= min, `must have at least ${min} characters.`)
    .refine(
      (value) => !(multiline ? CONTROL_IN_TEXT : CONTROL_IN_LINE).test(value),
      'must not contain control characters.',
    )
    .refine((value) => !LONE_SURROGATE.test(value), 'must be well-formed Unicode.');
}

/** An id of one kind inside an input object. */
export function idOf(prefix: string) {
  return z.string().refine((value) => isId(prefix, value), `must be an id (\`${prefix}_…\`).`);
}

/** An amount to move, in minor units: more than zero, at most 10^15. */
export const positiveMinorAmount = z
  .bigint('must be a whole number.')
  .positive('must be more than zero.')
  .max(10n ** 15n, 'must be at most 10^15.');
