import type { Resolvers } from '../generated/resolvers.ts';
import { backlinksOf, referencesOf } from './service.ts';

export const resolvers: Resolvers = {
  Topic: {
    references: (topic, _, ctx) => referencesOf(ctx, topic),
    backlinks: (topic, _, ctx) => backlinksOf(ctx, topic),
  },
};
