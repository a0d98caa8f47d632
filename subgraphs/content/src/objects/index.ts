export { collectFiles, lockFile } from './collect-files.ts';
export { createTextMover } from './move-texts.ts';
export { describeText, keepTexts, readKeptTexts } from './texts.ts';
