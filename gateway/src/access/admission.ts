import { CivitasError } from '@civitas/platform/errors';
import type { Caller } from './identify.ts';
import type { StoreInTime } from './store-in-time.ts';

/** How many requests one caller may send. Absent numbers mean that nobody counts. */
export interface RequestLimits {
  readonly perMinute?: number | undefined;
  /** Within a day of UTC. */
  readonly perDay?: number | undefined;
}

/** What an answer says about the limits: names and values of HTTP headers. */
export type LimitHeaders = Record<string, string>;

/**
 * Lets a request in or not; nothing to wait for when nobody counts. What it found is written into `headers` either way.
 *
 * @throws CivitasError `RATE_LIMITED` with `retryAfterSeconds`.
 */
export type Admit = (
  caller: Caller,
  clientAddress: string | undefined,
  headers: LimitHeaders,
) => Promise<void> | undefined;

interface AdmissionOptions {
  /** Shared with the other gateways. */
  readonly store: StoreInTime;
  readonly limitsOf: (caller: Caller) => RequestLimits;
}

const DAY_SECONDS = 86_400;

/**
 * A token bucket for the requests of a minute and a counter for those of a day, by API key, person or
 * network address. While the store is away every gateway counts for itself, so that nobody is locked
 * out and nobody goes unlimited.
 *
 * The headers are those of draft-ietf-httpapi-ratelimit-headers (`RateLimit-Policy`, `RateLimit`).
 */
export function createAdmission({ store, limitsOf }: AdmissionOptions): Admit {
  async function withinMinute(subject: string, perMinute: number): Promise<Found> {
    const bucket = { capacity: perMinute, perSecond: perMinute / 60 };
    const { taken, left, waitMs } = await store.count((counts) =>
      counts.takeToken(`gateway:minute:${subject}`, bucket),
    );
    const fullMs = ((perMinute - left) / perMinute) * 60_000;
    return {
      name: 'minute',
      quota: perMinute,
      windowSeconds: 60,
      taken,
      left,
      resetMs: left > 0 ? fullMs : waitMs,
    };
  }

  async function withinDay(subject: string, perDay: number): Promise<Found> {
    const nowMs = Date.now();
    const day = new Date(nowMs).toISOString().slice(0, 10);
    const resetMs = DAY_SECONDS * 1000 - (nowMs % (DAY_SECONDS * 1000));
    const { value } = await store.count((counts) =>
      counts.increment(`gateway:day:${day}:${subject}`, 1, DAY_SECONDS * 1000),
    );
    const left = Math.max(0, perDay - value);
    return {
      name: 'day',
      quota: perDay,
      windowSeconds: DAY_SECONDS,
      taken: value <= perDay,
      left,
      resetMs,
    };
  }

  async function admit(
    { perMinute, perDay }: RequestLimits,
    subject: string,
    headers: LimitHeaders,
  ): Promise<void> {
    const found: Found[] = [];
    if (perMinute !== undefined) found.push(await withinMinute(subject, perMinute));
    // A request that is refused already is not one of the day's.
    if (perDay !== undefined && found.every(({ taken }) => taken)) {
      found.push(await withinDay(subject, perDay));
    }
    describe(found, headers);
    const refused = found.find(({ taken }) => !taken);
    if (!refused) return;
    const retryAfterSeconds = Math.max(1, Math.ceil(refused.resetMs / 1000));
    headers['retry-after'] = String(retryAfterSeconds);
    throw new CivitasError('RATE_LIMITED', {
      details: { retryAfterSeconds, quota: refused.quota, windowSeconds: refused.windowSeconds },
    });
  }

  return (caller, clientAddress, headers) => {
    const limits = limitsOf(caller);
    if (limits.perMinute === undefined && limits.perDay === undefined) return undefined;
    return admit(limits, subjectOf(caller, clientAddress), headers);
  };
}

interface Found {
  readonly name: string;
  readonly quota: number;
  readonly windowSeconds: number;
  readonly taken: boolean;
  readonly left: number;
  readonly resetMs: number;
}

function describe(found: readonly Found[], headers: LimitHeaders): void {
  headers['ratelimit-policy'] = found
    .map(({ name, quota, windowSeconds }) => `"${name}";q=${quota};w=${windowSeconds}`)
    .join(', ');
  headers['ratelimit'] = found
    .map(({ name, left, resetMs }) => `"${name}";r=${left};t=${Math.ceil(resetMs / 1000)}`)
    .join(', ');
}

/** Whom requests are counted for: a key, a person, else a network address. */
export function subjectOf({ viewer, key }: Caller, clientAddress: string | undefined): string {
  if (key) return key.viewer.sessionId;
  return viewer.type === 'user' ? viewer.id : `address:${clientAddress ?? 'unknown'}`;
}
