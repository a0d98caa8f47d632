import MarkdownIt from 'markdown-it';

/** A fenced block whose language is `quiz`. Lines are counted from 0. */
export interface QuizBlock {
  /** Of the opening fence. */
  readonly line: number;
  /** Line behind the closing fence, or behind the text's last line when it is not closed. */
  readonly end: number;
  /** What stands between the fences, without the indentation of the block. */
  readonly content: string;
}

/** Blocks only, a few levels deep: what a question stands in is a document, not a maze. */
const parser = new MarkdownIt({ html: true })
  .set({ maxNesting: 20 })
  .disable(['inline', 'linkify', 'replacements', 'smartquotes', 'text_join']);

/** Most texts ask nothing, and are not worth parsing to find that out. */
const MAYBE = /(?:`{3}|~{3})[ \t]*quiz\b/;

/** The `quiz` blocks of a text, in order. */
export function findQuizBlocks(markdown: string): QuizBlock[] {
  if (!MAYBE.test(markdown)) return [];
  return parser.parse(markdown, {}).flatMap(({ type, info, map, content }) => {
    if (type !== 'fence' || map === null || !/^\s*quiz\s*$/.test(info)) return [];
    return [{ line: map[0], end: map[1], content }];
  });
}
