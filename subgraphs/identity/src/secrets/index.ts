export { deriveKey } from './derive-key.ts';
