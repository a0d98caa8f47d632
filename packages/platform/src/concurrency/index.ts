export { createLimit } from './create-limit.ts';
export { withinTime } from './within-time.ts';
