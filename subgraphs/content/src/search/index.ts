export { LEARN_EVERYTHING, LEARN_WORDS } from './learn-words.ts';
export { resolvers as searchResolvers } from './resolvers.ts';
export type { FoundText } from './service.ts';
