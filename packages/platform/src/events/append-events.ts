import type { SqlRunner } from '../database/index.ts';
import { newId } from '../ids/index.ts';
import { type DomainEvent, type NewEvent, sourceOf } from './domain-event.ts';

/** `<source>.<aggregate>.<what happened>`; the source alone decides which stream it travels on. */
const TYPE = /^[a-z][a-z-]*(\.[a-z][a-z-]*){2,}$/;

/**
 * Writes domain events into the outbox within the caller's transaction, in one statement, and wakes
 * the relay when that transaction commits; a rollback leaves nothing behind.
 *
 * Call it while the transaction holds the row lock of each aggregate it names (it has inserted,
 * updated or selected that row `FOR UPDATE`): the order of events per aggregate rests on that lock.
 *
 * @throws TypeError for a malformed type or a payload that JSON cannot carry.
 * @returns the events with their ids, as consumers will see them.
 */
export async function appendEvents(
  tx: SqlRunner,
  events: readonly NewEvent[],
): Promise<DomainEvent[]> {
  if (events.length === 0) return [];
  const appended = events.map((event) => {
    if (!TYPE.test(event.type)) throw new TypeError(`Not an event type: ${event.type}`);
    return { id: newId('evt'), source: sourceOf(event.type), ...event };
  });
  // `pg_notify` yields void, which Prisma cannot read as a row, hence `$executeRaw`.
  await tx.$executeRaw`
    WITH appended AS (
      INSERT INTO outbox (id, type, aggregate_id, occurred_at, payload)
      SELECT event->>'id', event->>'type', event->>'aggregateId',
             (event->>'occurredAt')::timestamptz, event->'payload'
      FROM jsonb_array_elements(${JSON.stringify(appended)}::jsonb) WITH ORDINALITY AS listed (event, place)
      ORDER BY place
    )
    SELECT pg_notify('outbox', '')`;
  return appended;
}
