/** Ends a subscription; resolves when no further message will be handed over. */
export type Unsubscribe = () => Promise<void>;

export interface SubscribeOptions {
  /**
   * Called when messages may have been missed, once the subscription is active again: catch up
   * from the database. Everything published after the call is handed over.
   */
  readonly onGap?: () => void;
}

/**
 * Tells every process that listens now, and keeps nothing: for subscription fan-out, where the
 * database holds the truth. Effects that must happen belong on the event bus.
 */
export interface PubSub {
  /** Sends a JSON value to whoever is subscribed to the channel; rejects when that is not possible. */
  publish(channel: string, message: unknown): Promise<void>;
  /**
   * Resolves when the subscription is active. Messages of one publisher come in its order. What
   * `onMessage` throws is logged and stops nobody else.
   */
  subscribe(
    channel: string,
    onMessage: (message: unknown) => void,
    options?: SubscribeOptions,
  ): Promise<Unsubscribe>;
  close(): Promise<void>;
}
