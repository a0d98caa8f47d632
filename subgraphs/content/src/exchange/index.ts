export type { SubjectFile } from './export-subject.ts';
export type { ImportProgress } from './import-progress.ts';
export { resolvers as exchangeResolvers } from './resolvers.ts';
