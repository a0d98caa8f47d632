export { type BulkLoad, loadInBulk } from './load-in-bulk.ts';
