export { decodeMarkdown } from './decode-markdown.ts';
export { layOutTopics } from './lay-out-topics.ts';
export { IMPORT_LIMITS, type ImportLimits } from './limits.ts';
export { type Outline, type OutlineTopic, parseMarkdownOutline } from './outline.ts';
export { resolvers as importResolvers } from './resolvers.ts';
