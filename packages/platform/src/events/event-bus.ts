import type { DomainEvent } from './domain-event.ts';

/** One consumer's wish. The name is durable: it is the consumer group and the key of the inbox. */
export interface EventSubscription {
  /** Usually the name of the subgraph, e.g. `finance`. One subscription per consumer and bus. */
  readonly consumer: string;
  /** `identity.user.registered`, or `identity.*` for everything of one source. */
  readonly types: readonly string[];
  /**
   * Nothing that was published before it joins concerns it, so it may subscribe when the bus has
   * started. Default false.
   */
  readonly mayJoinLate?: boolean;
  /**
   * Resolves when the event is durably taken (`consumeEvents` makes such a function). While it
   * rejects, the event is delivered again, `attempt` counting from 1, and later events of its
   * aggregate wait. The same event may come again after it was taken.
   */
  readonly deliver: (event: DomainEvent, attempt: number) => Promise<void>;
}

/** Carries events from the relays to the consumers: at least once, in order per aggregate. */
export interface EventBus {
  /**
   * Hands events over, in this order. Resolves when the broker has them durably or, where there is
   * none, when every consumer has taken them. Rejects when that is not known: publish them again.
   */
  publish(events: readonly DomainEvent[]): Promise<void>;
  /** @throws Error when the consumer is already subscribed, or may not join late and the bus has started. */
  subscribe(subscription: EventSubscription): void;
  /**
   * Begins to deliver. Call it once every consumer of this process has subscribed: that no event
   * is published past a consumer that is still starting rests on it.
   */
  start(): Promise<void>;
  /**
   * Deletes what a broker still keeps of a source's events that hold this word, such as somebody's id,
   * and that every consumer has taken. Nothing to do where there is no broker.
   */
  forget(source: string, word: string): Promise<void>;
  /**
   * Lets running deliveries finish, starts no other, and lets go of connections; what was being
   * published is refused and stays in its outbox. Close it before the databases of its consumers.
   */
  close(): Promise<void>;
}
