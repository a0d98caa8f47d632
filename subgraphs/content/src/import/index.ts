export { decodeMarkdown } from './decode-markdown.ts';
export { type PreparedSubject, prepareImport } from './prepare-import.ts';
export { resolvers as importResolvers } from './resolvers.ts';
