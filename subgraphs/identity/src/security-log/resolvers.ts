import { toConnection } from '@civitas/platform/pagination';
import type { Resolvers } from '../generated/resolvers.ts';
import { listMySecurityEvents, mySecurityEventsList } from './service.ts';

export const resolvers: Resolvers = {
  Query: {
    mySecurityEvents: async (_, args, ctx) =>
      toConnection(
        mySecurityEventsList,
        await listMySecurityEvents(ctx, args),
        args.first,
        (event) => ({ key: [event.occurredAt, event.id], node: event }),
      ),
  },
  SecurityEvent: {
    actor: ({ actorId }, _, ctx) => (actorId === null ? null : ctx.loaders.userById.load(actorId)),
  },
};
