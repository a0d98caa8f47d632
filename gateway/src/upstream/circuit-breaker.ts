/** How a breaker decides. Times in milliseconds. */
export interface BreakerOptions {
  /** The share of failures that opens it, of at least `minimum` answers within `windowMs`. */
  readonly failureShare: number;
  readonly minimum: number;
  readonly windowMs: number;
  /** How long it stays open before one request may probe. */
  readonly openMs: number;
}

export const defaultBreakerOptions: BreakerOptions = {
  failureShare: 0.5,
  minimum: 20,
  windowMs: 10_000,
  openMs: 5_000,
};

export type BreakerState = 'closed' | 'half-open' | 'open';

/**
 * Stops asking who does not answer: opens when too many of the recent answers were failures, and
 * lets one request at a time through later, whose outcome closes or opens it. A state machine
 * without a clock or timer of its own; every `admits` that says yes is followed by one of the three
 * outcomes.
 */
export interface CircuitBreaker {
  /** Whether a request may be sent at `now`, a time in milliseconds that never goes back. */
  admits(now: number): boolean;
  succeeded(now: number): void;
  failed(now: number): void;
  /** The request ended without saying anything about the other side: its caller left. */
  gaveUp(): void;
  state(now: number): BreakerState;
}

/** The window moves in this many steps. */
const SLOTS = 10;

/** @param onChange is told every change of state, in order. */
export function createCircuitBreaker(
  options: BreakerOptions = defaultBreakerOptions,
  onChange: (state: BreakerState) => void = () => undefined,
): CircuitBreaker {
  const { failureShare, minimum, windowMs, openMs } = options;
  const slotMs = windowMs / SLOTS;
  const successes = new Uint32Array(SLOTS);
  const failures = new Uint32Array(SLOTS);
  let slot = 0;
  let slotEndsAt = 0;
  /** Positive while it is open: when the next probe may go. */
  let probeAt = 0;
  let isProbing = false;

  function turn(now: number): void {
    if (now < slotEndsAt) return;
    const passed = Math.min(SLOTS, 1 + Math.floor((now - slotEndsAt) / slotMs));
    for (let step = 0; step < passed; step++) {
      slot = (slot + 1) % SLOTS;
      successes[slot] = 0;
      failures[slot] = 0;
    }
    slotEndsAt = now + slotMs;
  }

  function isFailing(): boolean {
    let failed = 0;
    let all = 0;
    for (let each = 0; each < SLOTS; each++) {
      failed += failures[each] as number;
      all += (failures[each] as number) + (successes[each] as number);
    }
    return all >= minimum && failed >= all * failureShare;
  }

  function open(now: number): void {
    probeAt = now + openMs;
    isProbing = false;
    onChange('open');
  }

  function close(): void {
    probeAt = 0;
    isProbing = false;
    successes.fill(0);
    failures.fill(0);
    onChange('closed');
  }

  return {
    admits: (now) => {
      if (probeAt === 0) return true;
      if (isProbing || now < probeAt) return false;
      isProbing = true;
      onChange('half-open');
      return true;
    },
    succeeded: (now) => {
      if (isProbing) return close();
      turn(now);
      (successes[slot] as number)++;
    },
    failed: (now) => {
      if (isProbing) return open(now);
      // What was sent before it opened says nothing about now.
      if (probeAt !== 0) return;
      turn(now);
      (failures[slot] as number)++;
      if (isFailing()) open(now);
    },
    gaveUp: () => {
      isProbing = false;
    },
    state: (now) => {
      if (probeAt === 0) return 'closed';
      return isProbing || now >= probeAt ? 'half-open' : 'open';
    },
  };
}
