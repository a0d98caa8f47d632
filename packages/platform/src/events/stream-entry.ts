import { z } from 'zod';
import type { DomainEvent } from './domain-event.ts';

const FIELD = 'event';

const shape = z.object({
  id: z.string(),
  type: z.string(),
  source: z.string(),
  aggregateId: z.string(),
  occurredAt: z.iso.datetime().transform((text) => new Date(text)),
  payload: z.unknown(),
});

/** An event as field and value of a stream entry. */
export function encodeEntry(event: DomainEvent): [string, string] {
  return [FIELD, JSON.stringify(event)];
}

/** @throws SyntaxError or ZodError for an entry that this bus did not write. */
export function decodeEntry(fields: readonly string[]): DomainEvent {
  return shape.parse(JSON.parse(fields[fields.indexOf(FIELD) + 1] ?? ''));
}
