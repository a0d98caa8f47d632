export { collectFiles, lockFile } from './collect-files.ts';
export { noteErasedTexts } from './erased-texts.ts';
export { createTextMover } from './move-texts.ts';
export { describeText, keepTexts, readKeptTexts } from './texts.ts';
