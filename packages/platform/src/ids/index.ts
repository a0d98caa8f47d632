export { newId, seededIds } from './new-id.ts';
export { isId, parseId } from './parse-id.ts';
