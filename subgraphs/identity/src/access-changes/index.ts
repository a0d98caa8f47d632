export { announceAccessChanges } from './announce-access-changes.ts';
