import { CivitasError } from '@civitas/platform/errors';

/** How many sockets and streams may be open in one process. */
export interface StreamLimits {
  /** Default 50,000. */
  readonly total: number;
  /** Of one network address. Default 1,000: an office behind one address, and no single machine. */
  readonly perAddress: number;
}

export const defaultStreamLimits: StreamLimits = { total: 50_000, perAddress: 1_000 };

/** Counts what is open on all doors together. */
export interface StreamLimit {
  /** Why this address may open nothing more now: `RATE_LIMITED`, or `SERVICE_UNAVAILABLE` for everybody. */
  refusal(address: string | undefined): CivitasError | undefined;
  /** Must be followed by one `leave`. */
  enter(address: string | undefined): void;
  leave(address: string | undefined): void;
}

/** Somebody else's stream ends within this, or does not. */
const RETRY_AFTER_SECONDS = 10;

/** Clients whose address is not known are counted together. */
export function createStreamLimit({ total, perAddress }: StreamLimits): StreamLimit {
  const byAddress = new Map<string, number>();
  let open = 0;
  const of = (address: string | undefined) => byAddress.get(address ?? '') ?? 0;
  return {
    refusal: (address) => {
      const details = { retryAfterSeconds: RETRY_AFTER_SECONDS };
      if (of(address) >= perAddress) {
        const message = 'Too many streams are open from this address.';
        return new CivitasError('RATE_LIMITED', { message, details });
      }
      if (open < total) return undefined;
      const message = 'Too many streams are open.';
      return new CivitasError('SERVICE_UNAVAILABLE', { message, details });
    },
    enter: (address) => {
      open += 1;
      byAddress.set(address ?? '', of(address) + 1);
    },
    leave: (address) => {
      open -= 1;
      const left = of(address) - 1;
      if (left > 0) byAddress.set(address ?? '', left);
      else byAddress.delete(address ?? '');
    },
  };
}
