import { isUniqueViolation } from '@civitas/platform/database';
import { UserFailure } from '@civitas/platform/errors';
import { appendEvents } from '@civitas/platform/events';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext } from '../context.ts';
import type { User } from '../generated/prisma/client.ts';
import { lockUser } from '../people/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { throttleRules } from '../throttling/index.ts';
import { claimHandle } from './claim-handle.ts';
import { profileChanged } from './events.ts';
import { handle, handleLook, isReservedHandle } from './handle.ts';

const YEAR_MS = 365 * 24 * 60 * 60_000;

const changeHandleInput = z.object({ handle });

/**
 * Gives the viewer another handle. The one before leads to them for a year and is nobody else's
 * meanwhile, so that old links stay true and nobody takes over a known name. Emits
 * `identity.user.profile-changed`.
 *
 * @throws UserFailure `HandleTaken`, `TooManyAttempts`, `InvalidInput`.
 */
export async function changeHandle(ctx: IdentityContext, input: unknown): Promise<{ user: User }> {
  const { id, sessionId } = requireUser(ctx);
  const { handle: wanted } = parseInput(changeHandleInput, input);
  if (isReservedHandle(wanted)) throw handleTaken();
  await ctx.throttle.reserve(throttleRules.handle, id);
  try {
    const user = await ctx.db.inTransaction(async (tx) => {
      const before = await lockUser(tx, id);
      if (before.handle === wanted) return before;
      // Both names, in the order of their locks, so that two people who swap do not wait for each other.
      const inOrder = (a: string, b: string) => (handleLook(a) < handleLook(b) ? -1 : 1);
      for (const name of [before.handle, wanted].toSorted(inOrder)) {
        if (!(await claimHandle(ctx, tx, name, id))) throw handleTaken();
      }
      const after = await tx.user.update({ where: { id }, data: { handle: wanted } });
      const until = new Date(ctx.now().getTime() + YEAR_MS);
      await tx.formerHandle.create({ data: { handle: before.handle, userId: id, until } });
      await appendEvents(tx, [profileChanged(after, ctx.now())]);
      await recordSecurityEvent(ctx, tx, {
        userId: id,
        type: 'HANDLE_CHANGED',
        sessionId,
        subject: wanted,
      });
      return after;
    });
    return { user };
  } catch (error) {
    throw isHandleTaken(error) ? handleTaken() : error;
  }
}

/** Whether the database refused a row whose handle somebody has, or one that looks like it. */
export function isHandleTaken(error: unknown): boolean {
  return (
    isUniqueViolation(error, 'user_handle_key') || isUniqueViolation(error, 'raw_user_handle_look')
  );
}

export function handleTaken(): UserFailure {
  return new UserFailure(
    'HandleTaken',
    'This handle, or one that looks like it, belongs to somebody else.',
    ['input', 'handle'],
  );
}
