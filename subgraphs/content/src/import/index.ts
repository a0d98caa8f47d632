export { decodeMarkdown } from './decode-markdown.ts';
export { importRefused } from './import-refused.ts';
export { layOutTopics } from './lay-out-topics.ts';
export { IMPORT_LIMITS } from './limits.ts';
export { type PreparedSubject, prepareImport } from './prepare-import.ts';
export { resolvers as importResolvers } from './resolvers.ts';
export { storeSubject } from './store-subject.ts';
export { titleOfFile } from './title-of-file.ts';
