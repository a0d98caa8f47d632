export { topicNotFound, topicTooDeep } from './errors.ts';
export { insertTopics, type NewTopic } from './insert-topics.ts';
export { MAX_DEPTH, MAX_MARKDOWN_BYTES, MAX_TOPIC_MARKDOWN_LENGTH, MAX_TOPICS } from './limits.ts';
export { createTopicLoaders } from './loaders.ts';
export { findControlCharacter, normalizeLineEnds } from './markdown-text.ts';
export { orderTree } from './order-tree.ts';
export { findPlace } from './place.ts';
export { namesOneSibling, placeInput, placeOf, twoSiblings } from './place-input.ts';
export { type TopicNode, topicNode } from './queries.ts';
export { resolvers as topicResolvers } from './resolvers.ts';
export {
  findVisibleTopic,
  forgetTopics,
  growSubject,
  lockSubjectOfTopic,
  lockTopic,
} from './service.ts';
export { writeText } from './write-text.ts';
