import type { NewEvent } from '@civitas/platform/events';
import type { DataRequest } from '../generated/prisma/client.ts';

const MINUTE_MS = 60_000;
const LONGEST_WAIT_MS = 60 * MINUTE_MS;

/** What everybody else is asked in a stage that is not an end. */
const QUESTIONS = {
  COLLECTING: 'identity.data-export.requested',
  CLEARING: 'identity.erasure.requested',
  ERASING: 'identity.user.erased',
} as const;

export type RunningStage = keyof typeof QUESTIONS;

export const RUNNING_STAGES = Object.keys(QUESTIONS) as RunningStage[];

/**
 * The event of a request's present attempt. Every attempt is an aggregate of its own, so that events
 * of one which a consumer has parked do not hold up the next.
 */
export function questionOf(
  { id, userId, stage, attempt }: Pick<DataRequest, 'id' | 'userId' | 'stage' | 'attempt'>,
  occurredAt: Date,
): NewEvent {
  return {
    type: QUESTIONS[stage as RunningStage],
    aggregateId: `${id}.${attempt}`,
    occurredAt,
    payload: { requestId: id, userId, attempt },
  };
}

/**
 * When to ask again: after 6 minutes, then twice as long each time, at most an hour. Six, because an
 * access token lives five: what somebody writes with their last one is erased by the second attempt.
 */
export function nextDueAt(now: Date, attempt: number): Date {
  const waitMs = Math.min(6 * MINUTE_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS);
  return new Date(now.getTime() + waitMs);
}

/** How many attempts of erasing everybody has to have answered: the second finds the stragglers. */
export const ERASURE_PASSES = 2;
