/** How a question is answered. */
export type CheckpointKind = 'SINGLE_CHOICE' | 'MULTIPLE_CHOICE' | 'SHORT_TEXT';

/** A question that stands in a topic's text, in a fenced block of the language `quiz`. */
export interface Checkpoint {
  /** Of what is asked and offered, so that it stays the same wherever the block moves. */
  readonly key: string;
  readonly kind: CheckpointKind;
  /** Markdown. */
  readonly question: string;
  /** Markdown, in order; empty for a short text. */
  readonly options: readonly string[];
  /** Indexes of the right options. */
  readonly right: ReadonlySet<number>;
  /** Texts that count as right, for a short text. */
  readonly accepted: readonly string[];
  /** Markdown: why, for who has answered. Null without one. */
  readonly explanation: string | null;
}

/** A `quiz` block that asks nothing yet; its topic's editors are told. */
export interface CheckpointProblem {
  /** Of the block's opening fence, counted from 1. */
  readonly line: number;
  readonly message: string;
}

export interface Checkpoints {
  readonly checkpoints: readonly Checkpoint[];
  readonly problems: readonly CheckpointProblem[];
}
