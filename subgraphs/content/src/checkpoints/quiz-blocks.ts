import { parseBlocks } from '../markdown-blocks.ts';

/** A fenced block whose language is `quiz`. Lines are counted from 0. */
export interface QuizBlock {
  /** Of the opening fence. */
  readonly line: number;
  /** Line behind the closing fence, or behind the text's last line when it is not closed. */
  readonly end: number;
  /** What stands between the fences, without the indentation of the block. */
  readonly content: string;
}

/**
 * What every text with a question holds, as a regular expression that JavaScript and Postgres read
 * alike. Most texts do not, and are not worth parsing to find that out.
 */
export const MAY_ASK = '(?:`{3}|~{3})[ \\t]*quiz';

const pattern = new RegExp(MAY_ASK);

/** False for a text that certainly asks nothing. */
export function mayAsk(markdown: string): boolean {
  return pattern.test(markdown);
}

/** The `quiz` blocks of a text, in order. */
export function findQuizBlocks(markdown: string): QuizBlock[] {
  if (!mayAsk(markdown)) return [];
  return parseBlocks(markdown).flatMap(({ type, info, map, content }) => {
    if (type !== 'fence' || map === null || !/^\s*quiz\s*$/.test(info)) return [];
    return [{ line: map[0], end: map[1], content }];
  });
}
