export type { SubjectFile } from './export-subject.ts';
export { resolvers as exchangeResolvers } from './resolvers.ts';
