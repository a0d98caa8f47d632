const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

/** How long one key signs. */
export const PERIOD_MS = 30 * DAY_MS;
/** How long before that it is published: longer than anybody caches the key document. */
export const EARLY_MS = DAY_MS;
/** How long after its successor took over it stays published: tokens live five minutes. */
export const KEPT_MS = HOUR_MS;

interface Scheduled {
  readonly id: string;
  readonly signsFrom: Date;
}

interface Plan {
  /** When the key that has to be made now begins to sign; null when there is none to make. */
  readonly nextSignsFrom: Date | null;
  /** Keys whose last token has died. */
  readonly retired: readonly string[];
}

/**
 * What is to be done with the keys at an instant. Pure, so that any process comes to the same plan.
 *
 * @param keys in the order in which they sign.
 */
export function planKeys(keys: readonly Scheduled[], now: Date): Plan {
  const newest = keys.at(-1);
  if (!newest) return { nextSignsFrom: now, retired: [] };
  const isDue = newest.signsFrom.getTime() + PERIOD_MS - EARLY_MS <= now.getTime();
  const nextSignsFrom = isDue
    ? // Never at once, however long nobody looked: the others have to see it first.
      new Date(Math.max(newest.signsFrom.getTime() + PERIOD_MS, now.getTime() + EARLY_MS))
    : null;
  const retired = keys
    .filter((_, index) => {
      const successor = keys[index + 1];
      return successor && successor.signsFrom.getTime() + KEPT_MS <= now.getTime();
    })
    .map(({ id }) => id);
  return { nextSignsFrom, retired };
}

/**
 * When a key that is made out of turn begins to sign: as early as a scheduled one. Null when there is
 * none to follow, or a successor waits already, because the others know of one only.
 *
 * @param keys in the order in which they sign.
 */
export function planRotation(keys: readonly Scheduled[], now: Date): Date | null {
  const newest = keys.at(-1);
  if (!newest || newest.signsFrom > now) return null;
  return new Date(now.getTime() + EARLY_MS);
}

/** The key that signs now: the newest that has begun; by a clock that is behind, the oldest. */
export function signerAt<Key extends Scheduled>(keys: readonly Key[], now: Date): Key | undefined {
  return keys.findLast(({ signsFrom }) => signsFrom <= now) ?? keys[0];
}
