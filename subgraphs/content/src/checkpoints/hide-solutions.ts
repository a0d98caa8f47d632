import { findQuizBlocks } from './quiz-blocks.ts';

const TICKED = /^(\s*[-*+] \[)[xX](\] )/;
const SOLUTION = /^\s*(?:=|>)/;

/** A text as its readers get it: its questions with nothing ticked, and no accepted text or reason. */
export function hideSolutions(markdown: string): string {
  return withSolutions(markdown, () => []);
}

/** The same, with every character where it is in the text: what readers do not get is U+0000. */
export function maskSolutions(markdown: string): string {
  return withSolutions(markdown, (line) => ['\0'.repeat(line.length)]);
}

function withSolutions(markdown: string, hidden: (line: string) => readonly string[]): string {
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
      return SOLUTION.test(line) ? hidden(line) : [line.replace(TICKED, '$1 $2')];
    })
    .join('\n');
}
