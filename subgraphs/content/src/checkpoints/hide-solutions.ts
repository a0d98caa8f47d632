import { findQuizBlocks } from './quiz-blocks.ts';

const TICKED = /^(\s*[-*+] \[)[xX](\] )/;
const SOLUTION = /^\s*(?:=|>)/;

/** A text as its readers get it: its questions with nothing ticked, and no accepted text or reason. */
export function hideSolutions(markdown: string): string {
  const blocks = findQuizBlocks(markdown);
  if (blocks.length === 0) return markdown;
  const inside = new Set<number>();
  for (const { line, end } of blocks) {
    for (let at = line + 1; at < end; at += 1) inside.add(at);
  }
  return markdown
    .split('\n')
    .flatMap((line, index) => {
      if (!inside.has(index)) return [line];
      return SOLUTION.test(line) ? [] : [line.replace(TICKED, '$1 $2')];
    })
    .join('\n');
}
