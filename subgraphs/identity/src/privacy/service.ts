import {
  cursorList,
  cursorTypes,
  type PageArguments,
  readPage,
  whereAfterKey,
} from '@civitas/platform/pagination';
import { requireUser } from '@civitas/platform/subgraph';
import type { IdentityContext } from '../context.ts';
import type { DataRequest } from '../generated/prisma/client.ts';

export const myDataRequestsList = cursorList('Query.myDataRequests', [
  cursorTypes.instant,
  cursorTypes.id('dpr'),
]);

/** The viewer's requests, newest first, plus one row that says whether there are more. */
export function listMyDataRequests(
  ctx: IdentityContext,
  args: PageArguments,
): Promise<DataRequest[]> {
  const { id: userId } = requireUser(ctx);
  const { first, after } = readPage(myDataRequestsList, args);
  return ctx.db.client.dataRequest.findMany({
    where: {
      userId,
      ...whereAfterKey(['requestedAt', 'id'], after, 'newest first'),
    },
    orderBy: [{ requestedAt: 'desc' }, { id: 'desc' }],
    take: first + 1,
  });
}
