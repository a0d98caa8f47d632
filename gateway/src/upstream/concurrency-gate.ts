/** What a gate may admit. */
export interface GateOptions {
  /** Requests at the same time. */
  readonly maxConcurrent: number;
  /** Requests in line; the next one is turned away. */
  readonly maxWaiting: number;
  /** How long one stands in line before it is turned away, in milliseconds. */
  readonly maxWaitMs: number;
}

/** Admits so many at once and lets a few more wait shortly. */
export interface ConcurrencyGate {
  /** Takes a place when one is free and nobody waits for it. */
  tryEnter(): boolean;
  /** Waits in line. True with a place; false when turned away or when the signal aborts. */
  enter(signal: AbortSignal): Promise<boolean>;
  /** Gives a place back, once for every one taken. */
  leave(): void;
  readonly inside: number;
  readonly waiting: number;
}

export function createConcurrencyGate({
  maxConcurrent,
  maxWaiting,
  maxWaitMs,
}: GateOptions): ConcurrencyGate {
  let inside = 0;
  /** In order of arrival; a Set, because who gives up may stand anywhere. */
  const line = new Set<(admitted: boolean) => void>();

  return {
    tryEnter: () => {
      if (inside >= maxConcurrent) return false;
      inside += 1;
      return true;
    },
    enter: (signal) => {
      if (line.size >= maxWaiting || signal.aborted) return Promise.resolve(false);
      return new Promise((resolve) => {
        const answer = (admitted: boolean) => {
          clearTimeout(timer);
          signal.removeEventListener('abort', giveUp);
          line.delete(answer);
          resolve(admitted);
        };
        const giveUp = () => answer(false);
        const timer = setTimeout(giveUp, maxWaitMs);
        signal.addEventListener('abort', giveUp, { once: true });
        line.add(answer);
      });
    },
    leave: () => {
      // The place goes to the first in line, so that nobody can slip in between.
      const [first] = line;
      if (first) first(true);
      else inside -= 1;
    },
    get inside() {
      return inside;
    },
    get waiting() {
      return line.size;
    },
  };
}
