import { UserFailure } from '@civitas/platform/errors';
import { appendEvents } from '@civitas/platform/events';
import { parseId } from '@civitas/platform/ids';
import {
  cursorList,
  cursorTypes,
  type PageArguments,
  readPage,
  whereAfterKey,
} from '@civitas/platform/pagination';
import { requireUser } from '@civitas/platform/subgraph';
import type { IdentityContext } from '../context.ts';
import type { Session } from '../generated/prisma/client.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { endSessions } from './end-sessions.ts';
import { sessionsEnded } from './events.ts';
import { IDLE_MS } from './lifetimes.ts';
import { forgetSession } from './session-cookies.ts';

export const mySessionsList = cursorList('Query.mySessions', [
  cursorTypes.instant,
  cursorTypes.id('ses'),
]);

/** The viewer's live sessions, newest first, plus one row that says whether there are more. */
export function listMySessions(ctx: IdentityContext, args: PageArguments): Promise<Session[]> {
  const viewer = requireUser(ctx);
  const { first, after } = readPage(mySessionsList, args);
  const now = ctx.now();
  return ctx.db.client.session.findMany({
    where: {
      userId: viewer.id,
      revokedAt: null,
      expiresAt: { gt: now },
      rotatedAt: { gt: new Date(now.getTime() - IDLE_MS) },
      ...whereAfterKey(['createdAt', 'id'], after, 'newest first'),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: first + 1,
  });
}

/**
 * Ends one session of the viewer. Its refresh token is worthless at once, its access token within
 * five minutes.
 *
 * @throws UserFailure `SessionNotFound`, also for a session of somebody else.
 */
export async function signOut(
  ctx: IdentityContext,
  sessionId: string | null,
): Promise<{ sessionId: string }> {
  const viewer = requireUser(ctx);
  const id = sessionId === null ? viewer.sessionId : parseId('ses', sessionId, 'input.sessionId');
  await ctx.db.inTransaction(async (tx) => {
    const ended = await tx.session.updateMany({
      where: { id, userId: viewer.id, revokedAt: null },
      data: { revokedAt: ctx.now() },
    });
    if (ended.count === 0) {
      throw new UserFailure('SessionNotFound', 'You have no such session.', ['input', 'sessionId']);
    }
    await recordSecurityEvent(ctx, tx, { userId: viewer.id, type: 'SIGNED_OUT', sessionId: id });
    await appendEvents(tx, [sessionsEnded(viewer.id, [id], ctx.now())]);
  });
  if (id === viewer.sessionId) forgetSession(ctx.cookies);
  return { sessionId: id };
}

/** Ends all sessions of the viewer, or all but that of the request. */
export async function signOutEverywhere(
  ctx: IdentityContext,
  { keepCurrent }: { readonly keepCurrent: boolean },
): Promise<{ endedSessions: number }> {
  const { id: userId, sessionId } = requireUser(ctx);
  const endedSessions = await ctx.db.inTransaction(async (tx) => {
    await recordSecurityEvent(ctx, tx, { userId, type: 'SIGNED_OUT_EVERYWHERE', sessionId });
    return endSessions(ctx, tx, userId, keepCurrent ? { except: sessionId } : {});
  });
  if (!keepCurrent) forgetSession(ctx.cookies);
  return { endedSessions };
}
