export { MAX_TOPICS } from './limits.ts';
export { createTopicLoaders } from './loaders.ts';
export { findControlCharacter, normalizeLineEnds } from './markdown-text.ts';
export type { TopicNode } from './queries.ts';
export { resolvers as topicResolvers } from './resolvers.ts';
