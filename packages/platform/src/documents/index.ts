export { sha256 } from './hash.ts';
export { normalizedHash } from './normalized-hash.ts';
