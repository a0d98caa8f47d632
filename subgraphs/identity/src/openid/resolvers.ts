import { answerWithFailures } from '@civitas/platform/errors';
import type { Resolvers } from '../generated/resolvers.ts';
import { deliverSession } from '../sessions/index.ts';
import { linkProvider, unlinkProvider } from './link.ts';
import { registerWithProvider, signInWithProvider } from './sign-in-with-provider.ts';

export const resolvers: Resolvers = {
  Query: {
    signInProviders: (_, __, ctx) => [...ctx.signInProviders],
  },
  Mutation: {
    signInWithProvider: (_, { input }, ctx) =>
      answerWithFailures('SignInSuccess', () =>
        deliverSession(ctx, signInWithProvider(ctx, input)),
      ),
    registerWithProvider: (_, { input }, ctx) =>
      answerWithFailures('RegisterSuccess', () =>
        deliverSession(ctx, registerWithProvider(ctx, input)),
      ),
    linkProvider: (_, { input }, ctx) =>
      answerWithFailures('LinkProviderSuccess', () => linkProvider(ctx, input)),
    unlinkProvider: (_, { input }, ctx) =>
      answerWithFailures('UnlinkProviderSuccess', () => unlinkProvider(ctx, input)),
  },
  Account: {
    linkedProviders: ({ userId }, _, ctx) =>
      ctx.db.client.externalIdentity.findMany({
        where: { userId },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      }),
  },
  LinkedProvider: {
    providerId: ({ provider }) => provider,
    linkedAt: ({ createdAt }) => createdAt,
  },
};
