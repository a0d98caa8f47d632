import type { Checkpoint } from './checkpoint.ts';

/** What somebody answers to one question: options of a choice, or a text. */
export interface Answer {
  readonly options: ReadonlySet<number>;
  readonly text: string;
}

/**
 * Whether an answer is right: exactly the right options, or one of the accepted texts, where letter
 * case, accents' encoding and the width of spaces do not matter. No answer is a wrong one.
 */
export function isRight(checkpoint: Checkpoint, answer: Answer | undefined): boolean {
  if (!answer) return false;
  if (checkpoint.kind !== 'SHORT_TEXT') {
    return (
      answer.options.size === checkpoint.right.size && answer.options.isSubsetOf(checkpoint.right)
    );
  }
  const given = comparable(answer.text);
  return given !== '' && checkpoint.accepted.some((text) => comparable(text) === given);
}

function comparable(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
}
