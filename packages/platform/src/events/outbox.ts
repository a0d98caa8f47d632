import type { Client } from 'pg';
import { type DomainEvent, sourceOf } from './domain-event.ts';

/** Any constant will do: advisory locks are per database. */
const RELAY_LOCK = 7_301_145;
/** Published rows stay this long, so that events can be published again if a broker lost them. */
const OUTBOX_RETENTION_DAYS = 7;
/** Longer than any event can come again: outbox and stream retention, with a margin. */
const INBOX_RETENTION_DAYS = 30;
/** Rows one sweep deletes, to keep its transaction short. */
const SWEEP_ROWS = 5_000;

export interface OutboxEvent {
  readonly position: string;
  readonly event: DomainEvent;
}

/** Takes the relay's lock of this database for as long as the connection lives. */
export async function becomeOnlyRelay(client: Client): Promise<boolean> {
  const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS mine', [RELAY_LOCK]);
  return rows[0].mine;
}

/**
 * Reads what is committed and unpublished, in order. Rows are found by their mark and not by a
 * cursor, so a lower position that commits later is not skipped; within one aggregate its row lock
 * makes positions rise in the order of commits.
 *
 * @param exceptAggregates those with events still being published.
 */
export async function readUnpublished(
  client: Client,
  exceptAggregates: readonly string[],
  limit: number,
): Promise<OutboxEvent[]> {
  const { rows } = await client.query(
    `SELECT position, id, type, aggregate_id, occurred_at, payload FROM outbox
     WHERE published_at IS NULL AND aggregate_id <> ALL ($1::text[])
     ORDER BY position LIMIT $2`,
    [exceptAggregates, limit],
  );
  return rows.map((row) => ({
    position: row.position,
    event: {
      id: row.id,
      type: row.type,
      source: sourceOf(row.type),
      aggregateId: row.aggregate_id,
      occurredAt: row.occurred_at,
      payload: row.payload,
    },
  }));
}

export async function markPublished(client: Client, positions: readonly string[]): Promise<void> {
  if (positions.length === 0) return;
  await client.query('UPDATE outbox SET published_at = now() WHERE position = ANY ($1::bigint[])', [
    positions,
  ]);
}

/** Deletes what is past its retention: published outbox rows and inbox rows. */
export async function sweep(client: Client): Promise<void> {
  await client.query(
    `DELETE FROM outbox WHERE position IN (
       SELECT position FROM outbox WHERE published_at < now() - make_interval(days => $1)
       ORDER BY published_at LIMIT $2)`,
    [OUTBOX_RETENTION_DAYS, SWEEP_ROWS],
  );
  await client.query(
    `DELETE FROM inbox WHERE (consumer, event_id) IN (
       SELECT consumer, event_id FROM inbox WHERE taken_at < now() - make_interval(days => $1)
       ORDER BY taken_at LIMIT $2)`,
    [INBOX_RETENTION_DAYS, SWEEP_ROWS],
  );
}
