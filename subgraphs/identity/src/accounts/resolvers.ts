import { answerWithFailures } from '@civitas/platform/errors';
import type { Resolvers } from '../generated/resolvers.ts';
import { existingUser } from '../people/index.ts';
import { deliverSession } from '../sessions/index.ts';
import { confirmRegistration } from './confirm-registration.ts';
import { register } from './register.ts';
import { signIn } from './sign-in.ts';

export const resolvers: Resolvers = {
  Query: {
    me: (_, __, ctx) => {
      return ctx.viewer.type === 'user' ? ctx.loaders.userById.load(ctx.viewer.id) : null;
    },
  },
  SignInSuccess: {
    user: ({ user }, _, ctx) => existingUser(ctx, user.id),
  },
  Mutation: {
    register: (_, { input }, ctx) =>
      answerWithFailures('RegistrationStarted', () => register(ctx, input)),
    confirmRegistration: (_, { input }, ctx) =>
      answerWithFailures('RegisterSuccess', () =>
        deliverSession(ctx, confirmRegistration(ctx, input)),
      ),
    signIn: (_, { input }, ctx) =>
      answerWithFailures('SignInSuccess', () => deliverSession(ctx, signIn(ctx, input))),
  },
};
