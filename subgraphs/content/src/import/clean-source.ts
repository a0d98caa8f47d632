import { findControlCharacter, normalizeLineEnds } from '../topics/index.ts';
import { tooManyBytes } from './decode-markdown.ts';
import { importRefused } from './import-refused.ts';
import type { ImportLimits } from './limits.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Checks that a document is text within the limits and gives it line feeds as line ends and no
 * byte order mark. Nothing else is changed.
 *
 * @throws UserFailure `ImportRefused`.
 */
export function cleanSource(markdown: string, limits: ImportLimits): string {
  const bytes = Buffer.byteLength(markdown);
  if (bytes > limits.maxBytes) throw tooManyBytes(bytes, limits.maxBytes);
  const marked = markdown.startsWith(BYTE_ORDER_MARK);
  const source = normalizeLineEnds(marked ? markdown.slice(1) : markdown);
  const at = findControlCharacter(source);
  if (at >= 0) {
    const code = source.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
    const line = countLines(source.slice(0, at));
    throw importRefused('NOT_TEXT', `the character U+${code} is not text.`, line);
  }
  const lines = countLines(source);
  if (lines > limits.maxLines) {
    const explanation = `The document has ${lines} lines; the limit is ${limits.maxLines}.`;
    throw importRefused('TOO_LARGE', explanation, null);
  }
  return source;
}

function countLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
