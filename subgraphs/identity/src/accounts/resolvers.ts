import { answerWithFailures } from '@civitas/platform/errors';
import type { Resolvers } from '../generated/resolvers.ts';
import { register } from './service.ts';

export const resolvers: Resolvers = {
  Query: {
    me: (_, __, ctx) => {
      return ctx.viewer.type === 'user' ? ctx.loaders.userById.load(ctx.viewer.id) : null;
    },
  },
  Mutation: {
    register: (_, { input }, ctx) =>
      answerWithFailures('RegisterSuccess', () => register(ctx, input)),
  },
};
