export type { SubjectFile } from './export-subject.ts';
export type { ImportProgress } from './import-progress.ts';
export { ANSWER_IMPORT_AFTER_MS } from './limits.ts';
export { resolvers as exchangeResolvers } from './resolvers.ts';
