import { answerWithFailures } from '@civitas/platform/errors';
import { toConnection } from '@civitas/platform/pagination';
import { deviceKindOf, softwareOf } from '../devices/index.ts';
import type { Resolvers } from '../generated/resolvers.ts';
import { deliver } from './deliver-session.ts';
import { refreshSession } from './refresh-session.ts';
import { listMySessions, mySessionsList, signOut, signOutEverywhere } from './service.ts';

export const resolvers: Resolvers = {
  Query: {
    mySessions: async (_, { first, after }, ctx) =>
      toConnection(
        mySessionsList,
        await listMySessions(ctx, { first, after }),
        first,
        (session) => ({
          key: [session.createdAt, session.id],
          node: session,
        }),
      ),
  },
  Mutation: {
    refreshSession: (_, { input }, ctx) =>
      answerWithFailures('RefreshSessionSuccess', async () => ({
        session: deliver(ctx, await refreshSession(ctx, input.refreshToken), null),
      })),
    signOut: (_, { input }, ctx) =>
      answerWithFailures('SignOutSuccess', () => signOut(ctx, input.sessionId ?? null)),
    signOutEverywhere: async (_, { input }, ctx) => ({
      __typename: 'SignOutEverywhereSuccess',
      ...(await signOutEverywhere(ctx, input)),
    }),
  },
  Session: {
    lastUsedAt: (session) => session.rotatedAt,
    software: ({ userAgent }) => softwareOf(userAgent),
    deviceKind: ({ userAgent }) => deviceKindOf(userAgent),
    current: (session, _, ctx) => ctx.viewer.type === 'user' && ctx.viewer.sessionId === session.id,
  },
};
