import type { Database, PrismaClientLike, SqlRunner, TransactionOf } from '../database/index.ts';
import type { Logger } from '../telemetry/index.ts';
import type { DomainEvent } from './domain-event.ts';

/**
 * Applies one event within the transaction it is given; runs again from the start after a failure,
 * so it must have no effect outside that transaction. Payloads are validated here.
 */
export type EventHandler<Client> = (
  tx: TransactionOf<Client>,
  // biome-ignore lint/suspicious/noExplicitAny: each type of event has its own payload
  event: DomainEvent<any>,
) => Promise<void>;

export interface ConsumerOptions<Client extends PrismaClientLike> {
  readonly database: Database<Client>;
  /** Durable name, usually the subgraph's: renaming it makes every retained event new again. */
  readonly consumer: string;
  /** By event type. */
  readonly handlers: Readonly<Record<string, EventHandler<Client>>>;
  /**
   * By event type: what follows a handler outside the database. It runs once the event is committed and
   * before it is acknowledged, and again whenever the event comes again.
   */
  readonly afterwards?: Readonly<Record<string, (event: DomainEvent) => Promise<void>>>;
  readonly log: Logger;
  readonly now: () => Date;
}

/** The raw half of a transaction of whatever client. */
export function sqlOf<Client extends PrismaClientLike>(tx: TransactionOf<Client>): SqlRunner {
  return tx;
}

/** Bounded, because it goes into a row; NUL, which Postgres cannot store, is taken out. */
export function textOf(error: unknown): string {
  return String(error).replaceAll('\0', '').slice(0, 2_000);
}
