import { answerWithFailures } from '@civitas/platform/errors';
import type { Resolvers } from '../generated/resolvers.ts';
import { register } from './service.ts';
import { signIn } from './sign-in.ts';

export const resolvers: Resolvers = {
  Query: {
    me: (_, __, ctx) => {
      return ctx.viewer.type === 'user' ? ctx.loaders.userById.load(ctx.viewer.id) : null;
    },
  },
  Mutation: {
    register: (_, { input }, ctx) =>
      answerWithFailures('RegisterSuccess', () => register(ctx, input)),
    signIn: (_, { input }, ctx) => answerWithFailures('SignInSuccess', () => signIn(ctx, input)),
  },
};
