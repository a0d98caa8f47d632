import { appendEvents } from '@civitas/platform/events';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { Session } from '../generated/prisma/client.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { sessionsEnded } from './events.ts';

/**
 * Ends a person's sessions, and sign-ins under way, in the caller's transaction. Their refresh tokens
 * are worthless at once, their access tokens as soon as the gateways hear of it, within five minutes at
 * the latest.
 *
 * @returns how many were alive.
 */
export async function endSessions(
  ctx: Pick<IdentityContext, 'now'>,
  tx: IdentityTransaction,
  userId: string,
  { except }: { readonly except?: string } = {},
): Promise<number> {
  const now = ctx.now();
  await tx.signInChallenge.deleteMany({ where: { userId } });
  const ended = await tx.session.updateManyAndReturn({
    select: { id: true },
    where: {
      userId,
      revokedAt: null,
      expiresAt: { gt: now },
      ...(except && { id: { not: except } }),
    },
    data: { revokedAt: now },
  });
  const ids = ended.map(({ id }) => id);
  if (ids.length > 0) await appendEvents(tx, [sessionsEnded(userId, ids, now)]);
  return ids.length;
}

/** Ends one session because what opens it came back a second time, in the caller's transaction. */
export async function endStolenSession(
  ctx: Pick<IdentityContext, 'now'>,
  tx: IdentityTransaction,
  { id, userId }: Pick<Session, 'id' | 'userId'>,
): Promise<void> {
  const now = ctx.now();
  await tx.session.update({ where: { id }, data: { revokedAt: now } });
  await recordSecurityEvent(ctx, tx, { userId, type: 'SESSION_STOLEN', sessionId: id });
  await appendEvents(tx, [sessionsEnded(userId, [id], now)]);
}
