export type { Checkpoint, Checkpoints } from './checkpoint.ts';
export { isRight } from './grade.ts';
export { hideSolutions } from './hide-solutions.ts';
export { readCheckpoints } from './read-checkpoints.ts';
