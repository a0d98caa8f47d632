export { connectObjectStore } from './connect-object-store.ts';
export { createTextMover } from './move-texts.ts';
export type { ObjectStore } from './object-store.ts';
export { describeText, keepTexts, readKeptTexts } from './texts.ts';
