import type { SqlRunner } from '../database/index.ts';
import { type DomainEvent, sourceOf } from './domain-event.ts';

/**
 * Claims an event for a consumer within the caller's transaction; waits for a rival that is just
 * claiming it.
 *
 * @returns false when the consumer has taken it before.
 */
export async function takeEvent(
  tx: SqlRunner,
  consumer: string,
  eventId: string,
  takenAt: Date,
): Promise<boolean> {
  const inserted = await tx.$executeRaw`
    INSERT INTO inbox (consumer, event_id, taken_at) VALUES (${consumer}, ${eventId}, ${takenAt})
    ON CONFLICT DO NOTHING`;
  return inserted === 1;
}

/** A parked event, with the error that parked it. */
interface ParkedEvent extends DomainEvent {
  readonly position: bigint;
}

interface ParkedRow {
  position: bigint;
  event_id: string;
  type: string;
  aggregate_id: string;
  occurred_at: Date;
  payload: unknown;
}

/**
 * The event of an aggregate that is first in line among the parked ones, locked. The lock makes a
 * new event of the aggregate wait for a re-drive that runs at the same time, and the other way.
 */
export async function lockFirstParked(
  tx: SqlRunner,
  consumer: string,
  aggregateId: string,
): Promise<ParkedEvent | undefined> {
  const [row] = await tx.$queryRaw<ParkedRow[]>`
    SELECT position, event_id, type, aggregate_id, occurred_at, payload FROM parked_event
    WHERE consumer = ${consumer} AND aggregate_id = ${aggregateId}
    ORDER BY position LIMIT 1 FOR UPDATE`;
  if (!row) return undefined;
  return {
    position: row.position,
    id: row.event_id,
    type: row.type,
    source: sourceOf(row.type),
    aggregateId: row.aggregate_id,
    occurredAt: row.occurred_at,
    payload: row.payload,
  };
}

interface Parking {
  readonly consumer: string;
  readonly error: string;
  readonly attempts: number;
  readonly parkedAt: Date;
}

/** Puts an event at the end of its aggregate's line of parked events. */
export async function parkEvent(tx: SqlRunner, event: DomainEvent, why: Parking): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO parked_event
      (consumer, event_id, type, aggregate_id, occurred_at, payload, error, attempts, parked_at)
    VALUES (${why.consumer}, ${event.id}, ${event.type}, ${event.aggregateId}, ${event.occurredAt},
            ${JSON.stringify(event.payload)}::jsonb, ${why.error}, ${why.attempts}, ${why.parkedAt})
    ON CONFLICT DO NOTHING`;
}

export async function unparkEvent(tx: SqlRunner, position: bigint): Promise<void> {
  await tx.$executeRaw`DELETE FROM parked_event WHERE position = ${position}`;
}

/** Notes one more failed attempt on a parked event. */
export async function noteParkedFailure(
  tx: SqlRunner,
  position: bigint,
  error: string,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE parked_event SET error = ${error}, attempts = attempts + 1 WHERE position = ${position}`;
}

/** Aggregates with parked events of a consumer, longest parked first. */
export async function parkedAggregates(runner: SqlRunner, consumer: string): Promise<string[]> {
  const rows = await runner.$queryRaw<{ aggregate_id: string }[]>`
    SELECT aggregate_id FROM parked_event WHERE consumer = ${consumer}
    GROUP BY aggregate_id ORDER BY min(position)`;
  return rows.map((row) => row.aggregate_id);
}
