import { isUniqueViolation } from '@civitas/platform/database';
import { UserFailure } from '@civitas/platform/errors';
import { appendEvents } from '@civitas/platform/events';
import { newId } from '@civitas/platform/ids';
import { requireUser } from '@civitas/platform/subgraph';
import { parseInput } from '@civitas/platform/validation';
import { z } from 'zod';
import type { IdentityContext, IdentityTransaction } from '../context.ts';
import type { DataRequest, DataRequestKind } from '../generated/prisma/client.ts';
import { presentedPassword } from '../passwords/index.ts';
import { lockUser } from '../people/index.ts';
import { proveOwner } from '../proofs/index.ts';
import { recordSecurityEvent } from '../security-log/index.ts';
import { nextDueAt, questionOf, type RunningStage } from './stages.ts';

const proofInput = z.object({ password: presentedPassword.nullish() });

/**
 * Starts to collect what every subgraph holds of the viewer. Emits `identity.data-export.requested`.
 *
 * @throws UserFailure `StepUpRequired`, `InvalidCredentials`, `TooManyAttempts`,
 * `DataRequestRunning`, `InvalidInput`.
 */
export function requestDataExport(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ request: DataRequest }> {
  return start(ctx, input, 'EXPORT', 'COLLECTING');
}

/**
 * Starts to erase the viewer everywhere, once finance agrees. Emits `identity.erasure.requested`.
 *
 * @throws as {@link requestDataExport}, and UserFailure `StillInOffice`.
 */
export function requestErasure(
  ctx: IdentityContext,
  input: unknown,
): Promise<{ request: DataRequest }> {
  return start(ctx, input, 'ERASURE', 'CLEARING');
}

async function start(
  ctx: IdentityContext,
  input: unknown,
  kind: DataRequestKind,
  stage: RunningStage,
): Promise<{ request: DataRequest }> {
  const { id: userId } = requireUser(ctx);
  const { password } = parseInput(proofInput, input);
  await proveOwner(ctx, password, ['input', 'password']);
  try {
    const request = await ctx.db.inTransaction((tx) => store(ctx, tx, userId, kind, stage));
    return { request };
  } catch (error) {
    if (!isUniqueViolation(error, 'raw_data_request_running')) throw error;
    throw new UserFailure('DataRequestRunning', 'A request of this kind is under way.');
  }
}

async function store(
  ctx: IdentityContext,
  tx: IdentityTransaction,
  userId: string,
  kind: DataRequestKind,
  stage: RunningStage,
): Promise<DataRequest> {
  const now = ctx.now();
  const user = await lockUser(tx, userId);
  if (kind === 'ERASURE' && user.roles.length > 0) {
    throw new UserFailure('StillInOffice', 'Your platform roles have to be taken from you first.');
  }
  const request = await tx.dataRequest.create({
    data: {
      id: newId('dpr'),
      userId,
      kind,
      stage,
      dueAt: nextDueAt(now, 1),
      requestedAt: now,
    },
  });
  const type = kind === 'EXPORT' ? 'DATA_EXPORT_REQUESTED' : 'ERASURE_REQUESTED';
  const { sessionId } = requireUser(ctx);
  await recordSecurityEvent(ctx, tx, { userId, type, sessionId });
  await appendEvents(tx, [questionOf(request, now)]);
  return request;
}
