export { groupedLoader, keyedLoader } from './loaders.ts';
