import {
  cursorList,
  cursorTypes,
  type PageArguments,
  readPage,
  whereAfterKey,
} from '@civitas/platform/pagination';
import { requireUser } from '@civitas/platform/subgraph';
import type { IdentityContext } from '../context.ts';
import type { SecurityEvent } from '../generated/prisma/client.ts';

export const mySecurityEventsList = cursorList('Query.mySecurityEvents', [
  cursorTypes.instant,
  cursorTypes.id('sev'),
]);

/** What happened to the viewer's account, newest first, plus one row that says whether there is more. */
export function listMySecurityEvents(
  ctx: IdentityContext,
  args: PageArguments,
): Promise<SecurityEvent[]> {
  const viewer = requireUser(ctx);
  const { first, after } = readPage(mySecurityEventsList, args);
  return ctx.db.client.securityEvent.findMany({
    where: {
      userId: viewer.id,
      ...whereAfterKey(['occurredAt', 'id'], after, 'newest first'),
    },
    orderBy: [{ occurredAt: 'desc' }, { id: 'desc' }],
    take: first + 1,
  });
}
