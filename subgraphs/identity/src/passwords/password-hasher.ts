import { createLimit } from '@civitas/platform/concurrency';
import { hash, verify } from '@node-rs/argon2';

/**
 * The first choice of the OWASP Password Storage Cheat Sheet: argon2id, which is the library's
 * default, with 19 MiB, two passes and one lane.
 */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export interface PasswordHasher {
  /** A PHC string. */
  hash(password: string): Promise<string>;
  /** True for a hash that was made with less work than today's. */
  isOutdated(passwordHash: string): boolean;
  /** Takes as long for an unknown account (`null`) as for a wrong password, and answers false. */
  matches(password: string, passwordHash: string | null): Promise<boolean>;
}

/**
 * Hashes passwords, a few at a time: each takes a thread of libuv's pool for some 20 ms. Beyond {@link MAX_WAITING} in line it refuses with
 * `SERVICE_UNAVAILABLE`.
 */
export async function createPasswordHasher(concurrency = AT_A_TIME): Promise<PasswordHasher> {
  const limited = createLimit(concurrency, MAX_WAITING);
  const nobody = await hash('the password of nobody', PARAMETERS);
  return {
    hash: (password) => limited(() => hash(password, PARAMETERS)),
    isOutdated,
    matches: (password, passwordHash) =>
      limited(async () => {
        const matched = await verify(passwordHash ?? nobody, password);
        return matched && passwordHash !== null;
      }),
  };
}

/** PHC string: `$argon2id$v=19$m=19456,t=2,p=1$…`. */
function isOutdated(passwordHash: string): boolean {
  const [, memory, time] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$/.exec(passwordHash) ?? [];
  return !(Number(memory) >= PARAMETERS.memoryCost && Number(time) >= PARAMETERS.timeCost);
}

/**
 * Three of the four threads libuv's pool has: DNS and file work keep one. On two processors one of the
 * three waits, so that none is idle until the event loop has sent the next (20 % more sign-ins a second
 * than two at a time, see decision 0034).
 */
const AT_A_TIME = 3;

/** At 20 ms each, on two processors, the last in line waits some three seconds. */
const MAX_WAITING = 256;
