import { createHash } from 'node:crypto';
import type { Checkpoint, CheckpointProblem, Checkpoints } from './checkpoint.ts';
import { findQuizBlocks } from './quiz-blocks.ts';

const MAX_CHECKPOINTS = 50;
const MAX_OPTIONS = 20;
const MAX_ACCEPTED = 20;
const MAX_TEXT = 2_000;

const OPTION = /^[-*+] \[([ xX])\] +(\S.*)$/;
const ACCEPTED = /^= *(\S.*)$/;
const EXPLANATION = /^> ?(.*)$/;

/**
 * The questions of a topic's text. A block is a question, then its options as a task list with the
 * right ones ticked (one is a single choice, more a multiple choice), or each accepted short text
 * behind `=`; lines behind `>` explain the answer. The word `multiple` alone in the first line makes
 * a multiple choice of one with a single right option.
 */
export function readCheckpoints(markdown: string): Checkpoints {
  const checkpoints: Checkpoint[] = [];
  const problems: CheckpointProblem[] = [];
  for (const { line, content } of findQuizBlocks(markdown)) {
    const read = readBlock(content);
    const message =
      typeof read === 'string'
        ? read
        : checkpoints.length === MAX_CHECKPOINTS
          ? `A topic has at most ${MAX_CHECKPOINTS} questions.`
          : checkpoints.some(({ key }) => key === read.key)
            ? 'The same question stands in this topic already.'
            : null;
    if (message === null) checkpoints.push(read as Checkpoint);
    else problems.push({ line: line + 1, message });
  }
  return { checkpoints, problems };
}

/** @returns what is wrong with the block when it is no question. */
function readBlock(content: string): Checkpoint | string {
  const lines = content.split('\n').map((line) => line.trimEnd());
  const multiple = lines[0] === 'multiple';
  const parts = { question: [] as string[], explanation: [] as string[] };
  const options: { readonly text: string; readonly right: boolean }[] = [];
  const accepted: string[] = [];
  for (const line of multiple ? lines.slice(1) : lines) {
    const option = OPTION.exec(line);
    const answer = ACCEPTED.exec(line);
    const why = EXPLANATION.exec(line);
    if (option?.[2]) options.push({ text: option[2], right: option[1] !== ' ' });
    else if (answer?.[1]) accepted.push(answer[1]);
    else if (why) parts.explanation.push(why[1] ?? '');
    else if (options.length + accepted.length === 0) parts.question.push(line);
    else if (line !== '')
      return `After the answers stands a line that is none: ${line.slice(0, 40)}`;
  }
  const question = parts.question.join('\n').trim();
  const explanation = parts.explanation.join('\n').trim();
  const right = new Set(options.flatMap((option, index) => (option.right ? [index] : [])));
  if (question === '') return 'The question is missing.';
  if (content.length > MAX_TEXT * 4 || question.length > MAX_TEXT)
    return 'The question is too long.';
  if (options.length > 0 && accepted.length > 0)
    return 'Options and short texts do not go together.';
  if (options.length + accepted.length === 0) return 'The answers are missing.';
  if (options.length === 1) return 'One option is no choice.';
  if (options.length > MAX_OPTIONS) return `There are more than ${MAX_OPTIONS} options.`;
  if (accepted.length > MAX_ACCEPTED) return `There are more than ${MAX_ACCEPTED} accepted texts.`;
  if (options.length > 0 && right.size === 0) return 'No option is the right one.';
  if (multiple && options.length === 0) return 'A multiple choice needs options.';
  const kind =
    accepted.length > 0
      ? 'SHORT_TEXT'
      : multiple || right.size > 1
        ? 'MULTIPLE_CHOICE'
        : 'SINGLE_CHOICE';
  const offered = options.map(({ text }) => text);
  return {
    key: keyOf([kind, question, ...offered]),
    kind,
    question,
    options: offered,
    right,
    accepted,
    explanation: explanation === '' ? null : explanation,
  };
}

/** 72 bits: no two questions of one topic share them by chance, and nobody gains if they do. */
function keyOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 12);
}
