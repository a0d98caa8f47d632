import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { createLimit } from '@civitas/platform/concurrency';
import { Piscina } from 'piscina';
import type { HashJob, HashParameters } from './hash-worker.ts';

export interface PasswordHasher {
  /** A PHC string. */
  hash(password: string): Promise<string>;
  /** True for a hash that was made with less work than today's. */
  isOutdated(passwordHash: string): boolean;
  /** Takes as long for an unknown account (`null`) as for a wrong password, and answers false. */
  matches(password: string, passwordHash: string | null): Promise<boolean>;
  /** Ends its threads. */
  stop(): Promise<void>;
}

/**
 * The first choice of the OWASP Password Storage Cheat Sheet: argon2id, which is the library's
 * default, with 19 MiB, two passes and one lane.
 */
const PARAMETERS: HashParameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Beyond, other work should have its part of a large machine. */
const MAX_THREADS = 8;
/** One that is hashed and one that is there when it is done, so that no thread waits to be told. */
const PER_THREAD = 2;
/** At 20 ms each, on two processors, the last in line waits some three seconds. */
const MAX_WAITING = 256;

/**
 * Hashes passwords, some 20 ms each, in threads of their own, one for each processor: libuv's would
 * be taken from files and names, and as many of them as keep the processors busy get in each other's
 * way (decision 0034). They start when they are first needed. With {@link MAX_WAITING} in line it
 * refuses with `SERVICE_UNAVAILABLE`.
 *
 * @param parameters only for tests that prove something else than hashing.
 */
export function createPasswordHasher(parameters = PARAMETERS): PasswordHasher {
  const threads = Math.min(availableParallelism(), MAX_THREADS);
  const pool = new Piscina<HashJob, string | boolean>({
    filename: new URL('hash-worker.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
    concurrentTasksPerWorker: PER_THREAD,
    recordTiming: false,
  });
  const limited = createLimit(threads * PER_THREAD, MAX_WAITING);
  const run = (job: HashJob) => limited(() => pool.run(job));
  const nobody = hashOfNobody(parameters);
  return {
    hash: async (password) => String(await run({ password, parameters })),
    isOutdated: (passwordHash) => hasLessWork(passwordHash, parameters),
    matches: async (password, passwordHash) => {
      const matched = await run({ password, passwordHash: passwordHash ?? nobody });
      return matched === true && passwordHash !== null;
    },
    // Not `destroy`: a hash that arrives after it is an error nobody catches.
    stop: () => pool.close({ force: true }),
  };
}

/** As long to compare with as any, and no password is known to make it. */
function hashOfNobody({ memoryCost, timeCost, parallelism }: HashParameters): string {
  const [salt, tag] = [16, 32].map((bytes) =>
    randomBytes(bytes).toString('base64').replaceAll('=', ''),
  );
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${salt}$${tag}`;
}

/** PHC string: `$argon2id$v=19$m=19456,t=2,p=1$…`. */
function hasLessWork(passwordHash: string, { memoryCost, timeCost }: HashParameters): boolean {
  const [, memory, time] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$/.exec(passwordHash) ?? [];
  return !(Number(memory) >= memoryCost && Number(time) >= timeCost);
}
