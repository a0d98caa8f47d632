import { z } from 'zod';
import { MAX_TOPIC_MARKDOWN_LENGTH } from './limits.ts';

// Everything of Unicode's category Cc but tab and line feed, and halves of surrogate pairs: the
// first are no text, the second cannot be stored as UTF-8.
const NOT_TEXT = /[[\p{Cc}--[\t\n]]\p{Surrogate}]/v;

/** Turns the line ends of Windows and old Macs into line feeds. */
export function normalizeLineEnds(value: string): string {
  return value.replaceAll(/\r\n?/g, '\n');
}

/** Index of the first character that is no text, or -1. Expects normalized line ends. */
export function findControlCharacter(value: string): number {
  return value.search(NOT_TEXT);
}

/** A topic's text: kept byte for byte but for its line ends, unlike `text()`, which trims. */
export const markdownText = z
  .string()
  .max(MAX_TOPIC_MARKDOWN_LENGTH, 'must have at most 250,000 characters.')
  .transform(normalizeLineEnds)
  .refine((value) => findControlCharacter(value) === -1, 'must not contain control characters.');
