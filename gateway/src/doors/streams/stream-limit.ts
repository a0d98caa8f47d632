import { CivitasError } from '@civitas/platform/errors';
import { counterMetric } from '@civitas/platform/telemetry';

/** How many sockets and streams may be open in one process. */
export interface StreamLimits {
  /** Default 50,000. */
  readonly total: number;
  /** Of one network address. Default 1,000: an office behind one address, and no single machine. */
  readonly perAddress: number;
  /**
   * Of one person, or of one program's account however many keys and addresses it has. Default 500:
   * somebody with many windows, or a server that holds a stream for each of its own users.
   */
  readonly perCaller: number;
}

export const defaultStreamLimits: StreamLimits = {
  total: 50_000,
  perAddress: 1_000,
  perCaller: 500,
};

/** The ways to hold something open: a WebSocket, server-sent events, a multipart answer. */
export const streamDoors = ['websocket', 'events', 'multipart'] as const;
export type StreamDoorName = (typeof streamDoors)[number];

/** Counts what is open on all doors together. */
export interface StreamLimit {
  /** Why this address may open nothing more now: `RATE_LIMITED`, or `SERVICE_UNAVAILABLE` for everybody. */
  refusal(address: string | undefined): CivitasError | undefined;
  /** Why this caller may: `RATE_LIMITED`. Nobody known is not limited here. */
  callerRefusal(caller: string | undefined): CivitasError | undefined;
  /** Must be followed by one `leave`. */
  enter(door: StreamDoorName, address: string | undefined): void;
  /** What has entered says whose it is, at most once: a socket learns it after it was opened. */
  claim(caller: string | undefined): void;
  /** @param caller who has claimed it. */
  leave(door: StreamDoorName, address: string | undefined, caller: string | undefined): void;
  /** How many are open now. */
  open(door: StreamDoorName): number;
}

/** Somebody else's stream ends within this, or does not. */
const RETRY_AFTER_SECONDS = 10;

const refused = counterMetric({
  name: 'civitas_streams_refused_total',
  help: 'Sockets and streams that were not opened: too many of the address, the caller, or in all.',
  labels: ['because'],
});

/** Clients whose address is not known are counted together. */
export function createStreamLimit({ total, perAddress, perCaller }: StreamLimits): StreamLimit {
  const byAddress = createCounts();
  const byCaller = createCounts();
  const byDoor = createCounts();
  let open = 0;
  return {
    refusal: (address) => {
      if (byAddress.of(address ?? '') >= perAddress) {
        refused.inc({ because: 'address' });
        return tooMany('RATE_LIMITED', 'Too many streams are open from this address.');
      }
      if (open < total) return undefined;
      refused.inc({ because: 'total' });
      return tooMany('SERVICE_UNAVAILABLE', 'Too many streams are open.');
    },
    callerRefusal: (caller) => {
      if (caller === undefined || byCaller.of(caller) < perCaller) return undefined;
      refused.inc({ because: 'caller' });
      return tooMany('RATE_LIMITED', 'Too many streams of this account are open.');
    },
    enter: (door, address) => {
      open += 1;
      byDoor.add(door, 1);
      byAddress.add(address ?? '', 1);
    },
    claim: (caller) => {
      if (caller !== undefined) byCaller.add(caller, 1);
    },
    leave: (door, address, caller) => {
      open -= 1;
      byDoor.add(door, -1);
      byAddress.add(address ?? '', -1);
      if (caller !== undefined) byCaller.add(caller, -1);
    },
    open: byDoor.of,
  };
}

function tooMany(code: 'RATE_LIMITED' | 'SERVICE_UNAVAILABLE', message: string): CivitasError {
  return new CivitasError(code, { message, details: { retryAfterSeconds: RETRY_AFTER_SECONDS } });
}

/** Forgets what is at nothing: keys are whatever comes by. */
function createCounts() {
  const counts = new Map<string, number>();
  const of = (key: string) => counts.get(key) ?? 0;
  return {
    of,
    add: (key: string, change: number) => {
      const now = of(key) + change;
      if (now > 0) counts.set(key, now);
      else counts.delete(key);
    },
  };
}
