export { collectFiles } from './collect-files.ts';
export { collectUnwanted } from './collect-uploads.ts';
export { noteErasedTexts } from './erased-texts.ts';
export { lockFile } from './locks.ts';
export { createTextMover } from './text-mover.ts';
export { describeText, keepTexts, readKeptTexts } from './texts.ts';
export { wantedUploads } from './wanted-uploads.ts';
