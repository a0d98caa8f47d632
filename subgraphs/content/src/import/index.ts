export { decodeMarkdown } from './decode-markdown.ts';
export { layOutTopics } from './lay-out-topics.ts';
export { type PreparedSubject, prepareImport } from './prepare-import.ts';
export { resolvers as importResolvers } from './resolvers.ts';
