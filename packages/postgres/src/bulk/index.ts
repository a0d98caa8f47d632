export { type Audits, audit } from './audit.ts';
export { type BulkLoad, loadInBulk } from './load-in-bulk.ts';
