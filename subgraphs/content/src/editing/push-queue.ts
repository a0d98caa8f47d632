import { setTimeout as delay } from 'node:timers/promises';
import { CivitasError } from '@civitas/platform/errors';
import type { DocumentLog } from './document-log.ts';
import { COMMIT_MS, MAX_APPEND_ATTEMPTS, MAX_BATCH } from './limits.ts';
import { planBatch, type WaitingPush } from './plan-batch.ts';
import type { RoomState } from './room-state.ts';

interface PushQueueOptions {
  readonly topicId: string;
  readonly log: DocumentLog;
  readonly state: RoomState;
  readonly now: () => Date;
  /** Whether many have the document open. */
  readonly isCrowded: () => boolean;
  /** Reads what the database has beyond the state; rejects when the topic is gone. */
  readonly catchUp: () => Promise<void>;
  /** Called after the commit and after the state has it. */
  readonly onCommitted: (updates: readonly Uint8Array[], from: number, to: number) => void;
}

export interface PushQueue {
  add(push: WaitingPush): void;
  /** Resolves when nothing waits. */
  idle(): Promise<void>;
}

/**
 * Stores pushes in groups: while one commit is under way the next group gathers, so that the cost of
 * a commit is shared by all who push at the time, and one who pushes alone does not wait. In a crowd the
 * next one begins no sooner than 2 ms after the one before.
 */
export function createPushQueue(options: PushQueueOptions): PushQueue {
  const { state, log } = options;
  const waiting: WaitingPush[] = [];
  let running: Promise<void> | null = null;
  /** After a failed statement nobody knows whether it was committed; the database does. */
  let isStale = false;
  let attempts = 0;
  let beganAtMs = 0;

  /** Timers count in whole milliseconds: less than one is not waited for. */
  async function gather(): Promise<void> {
    const waitMs = Math.floor(beganAtMs + COMMIT_MS - performance.now());
    if (waitMs > 0 && options.isCrowded()) await delay(waitMs);
    beganAtMs = performance.now();
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      await gather();
      const pushes = waiting.splice(0, MAX_BATCH);
      try {
        if (isStale) await options.catchUp();
        isStale = false;
        await store(pushes);
      } catch (error) {
        isStale = true;
        for (const push of pushes) push.fail(error);
      }
    }
    // In the same tick as the last look, so that no push is added to a queue that has ended.
    running = null;
  }

  async function store(pushes: readonly WaitingPush[]): Promise<void> {
    const { accepted, repeated, bindings } = planBatch(pushes, state);
    const { epoch, seq: after } = state;
    if (accepted.length > 0) {
      const { topicId, now } = options;
      const change = { topicId, epoch, after, updates: accepted, bindings, now: now() };
      if (!(await log.append(change))) {
        attempts += 1;
        if (attempts > MAX_APPEND_ATTEMPTS) throw new CivitasError('SERVICE_UNAVAILABLE');
        isStale = true;
        waiting.unshift(...accepted, ...repeated);
        return;
      }
      attempts = 0;
      const updates = accepted.map(({ bytes }) => bytes);
      for (const { clientId, userId } of bindings) state.bind(clientId, userId);
      state.apply(updates, after + accepted.length);
      options.onCommitted(updates, after, after + accepted.length);
    }
    accepted.forEach(({ settle }, index) => {
      settle({ epoch, seq: after + index + 1, isMissing: false });
    });
    for (const { settle } of repeated) settle({ epoch, seq: state.seq, isMissing: false });
  }

  return {
    add: (push) => {
      waiting.push(push);
      if (running === null) running = run();
    },
    idle: async () => {
      while (running) await running;
    },
  };
}
