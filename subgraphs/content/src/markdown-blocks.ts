import MarkdownIt, { type Env, type Token } from 'markdown-it';

/**
 * Levels of containers the parser looks into (a quote is one, a list with its item two); its work
 * grows with depth times lines.
 */
export const PARSED_LEVELS = 20;

/** Block structure only: text inside blocks is left alone, which keeps the parser linear. */
const parser = new MarkdownIt({ html: true })
  .set({ maxNesting: PARSED_LEVELS })
  .disable(['inline', 'linkify', 'replacements', 'smartquotes', 'text_join']);

/**
 * The blocks of a document in Markdown.
 *
 * @param environment gets the targets of links.
 */
export function parseBlocks(markdown: string, environment: Env = {}): Token[] {
  return parser.parse(markdown, environment);
}
