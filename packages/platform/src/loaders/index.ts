export { changeInTransaction } from './change-in-transaction.ts';
export { groupedLoader, keyedLoader } from './loaders.ts';
