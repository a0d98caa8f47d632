export type { Checkpoint, CheckpointProblem, Checkpoints } from './checkpoint.ts';
export { type Answer, isRight } from './grade.ts';
export { hideSolutions } from './hide-solutions.ts';
export { readCheckpoints } from './read-checkpoints.ts';
