import {
  createPushIterator,
  isStream,
  type PushIterator,
  type RequestOrigin,
  type Viewer,
} from '@civitas/platform/subgraph';
import type { FormattedExecutionResult } from 'graphql';
import type { PlannedSubscription, RawResult } from '../execution/types.ts';
import type { OperationRequest } from '../pipeline/types.ts';
import { carryEvents } from './carry-events.ts';
import type { JoinEvent } from './shared-joins.ts';

export type Results = PushIterator<FormattedExecutionResult>;

/** How the events of a subscription are made, by one supergraph. */
export interface SubscriptionWay {
  readonly subscription: PlannedSubscription;
  /** Makes a completed event presentable. Used for all subscribers of a group. */
  readonly present: (raw: RawResult) => FormattedExecutionResult;
  /** What subscribers are told as the last thing when it cannot go on. */
  readonly failure: (error: unknown) => FormattedExecutionResult;
}

/** One subscription as one client asks for it. */
export interface SubscriptionRequest extends SubscriptionWay {
  /** As the client sent it: what another supergraph plans anew. */
  readonly operation: OperationRequest;
  readonly viewer: Viewer;
  readonly requestId: string;
}

interface GroupOptions {
  readonly join: JoinEvent;
  /** Results that may wait for one client. */
  readonly maxQueued: number;
  /** From now on nobody may join: there was a first event that others would miss, or it is over. */
  readonly onClosed: () => void;
  /** The last subscriber has left, or the source has ended. */
  readonly onOver: () => void;
}

/** Subscribers of the same thing with the same rights: one upstream, and each event joined once. */
export class SubscriptionGroup {
  readonly request: SubscriptionRequest;
  readonly #options: GroupOptions;
  readonly #subscribers = new Set<Results>();
  #way: SubscriptionWay;
  #left = new AbortController();
  /** Who comes later misses nothing that they asked for. */
  #isFromNowOn = false;
  /** Events are delivered in order, also across two upstreams. */
  #delivered: Promise<unknown> = Promise.resolve();
  #started: Promise<FormattedExecutionResult | undefined>;

  constructor(request: SubscriptionRequest, options: GroupOptions) {
    this.request = request;
    this.#options = options;
    this.#way = request;
    this.#started = this.#start(this.#left, request);
  }

  /** Subscribers. */
  get size(): number {
    return this.#subscribers.size;
  }

  /** Adds a subscriber: its results, or why the source could not start. */
  async join(): Promise<Results | FormattedExecutionResult> {
    const { maxQueued } = this.#options;
    const results: Results = createPushIterator({ maxQueued, onEnd: this.#leave });
    this.#subscribers.add(results);
    try {
      const refusal = await this.#started;
      if (refusal) results.end();
      return refusal ?? results;
    } catch (error) {
      results.end();
      throw error;
    }
  }

  /**
   * Makes later events in another way. The source goes on when it is asked for the same; else
   * another one is started before this one is left, so that an event in between comes twice rather
   * than never.
   */
  async replan(way: SubscriptionWay): Promise<void> {
    if (way.subscription.source === this.#way.subscription.source) {
      this.#way = way;
      return;
    }
    const before = this.#left;
    const left = new AbortController();
    this.#left = left;
    this.#way = way;
    try {
      const refusal = await this.#start(left, way);
      if (refusal) this.end(refusal);
    } catch (error) {
      this.end(way.failure(error));
    } finally {
      before.abort();
    }
  }

  /** Ends it for all subscribers, who read this as the last thing. */
  end(last: FormattedExecutionResult): void {
    for (const subscriber of [...this.#subscribers]) {
      subscriber.push(last);
      subscriber.end();
    }
  }

  /** One for all subscribers. */
  readonly #leave = (results: Results): void => {
    this.#subscribers.delete(results);
    if (this.#subscribers.size === 0) this.#over();
  };

  #over(): void {
    this.#options.onClosed();
    this.#options.onOver();
    this.#left.abort();
  }

  async #start(
    left: AbortController,
    { subscription }: SubscriptionWay,
  ): Promise<FormattedExecutionResult | undefined> {
    const { viewer, requestId, operation } = this.request;
    const { clientAddress } = operation;
    const origin: RequestOrigin = { viewer, requestId, clientAddress, signal: left.signal };
    const answer = await subscription.start(origin);
    if (!isStream(answer)) return answer;
    const onBroken = (error: unknown) => {
      if (left === this.#left) this.end(this.#way.failure(error));
    };
    carryEvents(answer, {
      onOpening: () => {
        this.#isFromNowOn = true;
      },
      join: (event) => {
        if (!this.#isFromNowOn) this.#options.onClosed();
        return this.#options.join(event, this.#way, origin);
      },
      deliver: (result) => this.#deliver(result),
      onBroken,
    }).then(() => this.#ended(left), onBroken);
    return undefined;
  }

  /** In the order of the calls, whichever result is made first. */
  #deliver(result: Promise<FormattedExecutionResult>): Promise<unknown> {
    this.#delivered = Promise.all([result, this.#delivered]).then(([value]) => {
      for (const subscriber of [...this.#subscribers]) subscriber.push(value);
    });
    return this.#delivered;
  }

  #ended(left: AbortController): void {
    if (left !== this.#left) return;
    for (const subscriber of [...this.#subscribers]) subscriber.end();
    this.#over();
  }
}
