export type { Checkpoint, Checkpoints } from './checkpoint.ts';
export { isRight } from './grade.ts';
export { hideSolutions, maskSolutions } from './hide-solutions.ts';
export { MAY_ASK, mayAsk } from './quiz-blocks.ts';
export { readCheckpoints } from './read-checkpoints.ts';
export { asWritten, readingOf } from './readable-text.ts';
