export { createLimit } from './create-limit.ts';
