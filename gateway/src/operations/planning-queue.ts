import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { CivitasError } from '@civitas/platform/errors';

interface PlanningQueueOptions {
  /** New operations of one caller that may wait; the next one is turned away. Default 64. */
  readonly maxWaitingPerCaller?: number;
  /** Of all callers together. Default 1,000. */
  readonly maxWaiting?: number;
  /** In milliseconds, never going back. */
  readonly now?: () => number;
}

/** Shares the processor between making plans and everything else, and among who wants plans. */
export interface PlanningQueue {
  /**
   * Does the work, a synchronous one, when it is its turn: at once when nothing was planned just now.
   *
   * @param caller whose turn it is; callers take turns, however much each of them wants.
   * @param isAbandoned asked when it is its turn: whether nobody waits for it any more. Then it is not done.
   * @throws CivitasError `RATE_LIMITED`, `SERVICE_UNAVAILABLE`, without waiting; `REQUEST_TIMEOUT` when it
   * was abandoned.
   */
  run<Made>(caller: string, work: () => Made, isAbandoned?: () => boolean): Promise<Made>;
}

/** Work that stands in line. */
interface Waiting {
  /** Does it. */
  go(): void;
  isAbandoned(): boolean;
  /** Tells whoever asked that it is not done. */
  leave(): void;
}

/** What is planned faster is not felt by others. */
const SHORT_MS = 20;

/**
 * Plans are made one at a time on the thread that answers everybody. One may take a tenth of a second,
 * so after a long one others have the processor for as long as it took: whoever sends operations that
 * are hard to plan gets half of it at most, and slows nobody down by more than one of them.
 */
export function createPlanningQueue({
  maxWaitingPerCaller = 64,
  maxWaiting = 1_000,
  now = () => performance.now(),
}: PlanningQueueOptions = {}): PlanningQueue {
  /** In the order of their turns. */
  const callers = new Map<string, Waiting[]>();
  let waiting = 0;
  let isRunning = false;
  let freeAt = Number.NEGATIVE_INFINITY;

  async function runAll(): Promise<void> {
    isRunning = true;
    for (;;) {
      const restMs = freeAt - now();
      await (restMs > 0 ? pause(restMs) : nextTurn());
      const next = take();
      if (!next) break;
      if (next.isAbandoned()) next.leave();
      else next.go();
    }
    isRunning = false;
  }

  function take(): Waiting | undefined {
    const [first] = callers;
    if (!first) return undefined;
    const [caller, line] = first;
    const next = line.shift();
    // To the end, behind all others.
    callers.delete(caller);
    if (line.length > 0) callers.set(caller, line);
    waiting -= 1;
    return next;
  }

  /** Makes room of what nobody waits for any more, before somebody is turned away for it. */
  function dropAbandoned(): void {
    for (const [caller, line] of callers) {
      const kept = line.filter((each) => !each.isAbandoned());
      if (kept.length === line.length) continue;
      for (const each of line) if (each.isAbandoned()) each.leave();
      waiting -= line.length - kept.length;
      if (kept.length > 0) callers.set(caller, kept);
      else callers.delete(caller);
    }
  }

  const lengthOf = (caller: string) => callers.get(caller)?.length ?? 0;
  const isFullFor = (caller: string) =>
    lengthOf(caller) >= maxWaitingPerCaller || waiting >= maxWaiting;

  function measured<Made>(work: () => Made): Made {
    const startedAt = now();
    try {
      return work();
    } finally {
      const endedAt = now();
      const tookMs = endedAt - startedAt;
      freeAt = endedAt + (tookMs > SHORT_MS ? tookMs : 0);
    }
  }

  return {
    run: async (caller, work, isAbandoned = () => false) => {
      if (!isRunning && now() > freeAt) {
        try {
          return measured(work);
        } finally {
          // What comes next waits for a turn of its own.
          void runAll();
        }
      }
      if (isFullFor(caller)) dropAbandoned();
      if (lengthOf(caller) >= maxWaitingPerCaller) {
        throw new CivitasError('RATE_LIMITED', { details: { retryAfterSeconds: 1 } });
      }
      if (waiting >= maxWaiting) throw new CivitasError('SERVICE_UNAVAILABLE');
      const line = callers.get(caller) ?? [];
      callers.set(caller, line);
      waiting += 1;
      return new Promise((resolve, reject) => {
        const go = () => {
          try {
            resolve(measured(work));
          } catch (error) {
            reject(error);
          }
        };
        line.push({ go, isAbandoned, leave: () => reject(new CivitasError('REQUEST_TIMEOUT')) });
        if (!isRunning) void runAll();
      });
    },
  };
}
