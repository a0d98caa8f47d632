export { createLearningLoaders } from './loaders.ts';
export { resolvers as learningResolvers } from './resolvers.ts';
export type { LearningStatistics, TopicStatistics } from './statistics.ts';
