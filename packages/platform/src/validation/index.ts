export { parseInput } from './parse-input.ts';
export { idOf, positiveMinorAmount, text } from './values.ts';
