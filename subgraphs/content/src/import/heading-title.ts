import MarkdownIt, { type Env, type Token } from 'markdown-it';
import { importRefused } from './import-refused.ts';
import type { ImportLimits } from './limits.ts';

/** What a heading without text is called: an empty one, or a picture without a description. */
const UNTITLED = 'Untitled';
/** Markup, such as the address of a link, may make a heading this much longer than its text. */
const MAX_MARKUP_FACTOR = 20;

const inlineParser = new MarkdownIt({ html: true });

/**
 * The plain text of a heading: links and pictures become their text, HTML tags go.
 *
 * @param written the heading in Markdown, without its hashes.
 * @param environment of the parse of the whole document, which knows the targets of links.
 * @throws UserFailure `ImportRefused`: `TITLE_TOO_LONG`.
 */
export function titleOfHeading(
  written: string,
  environment: Env,
  line: number,
  { maxTitleLength }: ImportLimits,
): string {
  // Before it is parsed: inline markup of unbounded length may take quadratic time.
  if (written.length > maxTitleLength * MAX_MARKUP_FACTOR) throw tooLong(maxTitleLength, line);
  const tokens: Token[] = [];
  inlineParser.inline.parse(written, inlineParser, environment, tokens);
  const title = plainText(tokens).replaceAll(/\s+/g, ' ').normalize().trim();
  if (title.length > maxTitleLength) throw tooLong(maxTitleLength, line);
  return title === '' ? UNTITLED : title;
}

function plainText(tokens: readonly Token[]): string {
  return tokens.map(textOfToken).join('');
}

function textOfToken(token: Token): string {
  switch (token.type) {
    case 'text':
    case 'text_special':
    case 'code_inline':
      return token.content;
    case 'softbreak':
    case 'hardbreak':
      return ' ';
    case 'image':
      return plainText(token.children ?? []);
    default:
      return '';
  }
}

function tooLong(maxTitleLength: number, line: number) {
  const explanation = `the heading has more than ${maxTitleLength} characters.`;
  return importRefused('TITLE_TOO_LONG', explanation, line);
}
