/** Something that happened in one subgraph, as every other subgraph may read it. */
export interface DomainEvent<Payload = unknown> {
  /** `evt_` TypeID; equal on every redelivery. */
  readonly id: string;
  /** `<source>.<aggregate>.<past participle>`, e.g. `identity.user.registered`. */
  readonly type: string;
  /** The subgraph it comes from: the first segment of `type`. */
  readonly source: string;
  /** Events of one aggregate reach each consumer in the order in which they were committed. */
  readonly aggregateId: string;
  readonly occurredAt: Date;
  /** JSON as it is: no `Date`, no `bigint`; amounts travel as decimal strings. */
  readonly payload: Payload;
}

/** An event as a service states it; the rest follows from it. */
export interface NewEvent {
  readonly type: string;
  readonly aggregateId: string;
  readonly occurredAt: Date;
  readonly payload: unknown;
}

/** `identity.user.registered` → `identity`. */
export function sourceOf(type: string): string {
  return type.slice(0, type.indexOf('.'));
}
