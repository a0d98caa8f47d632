import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { hashSync, verifySync } from '@node-rs/argon2';

/** What identity hashes with: argon2id, 19 MiB, two passes, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const PASSWORD = 'civitas demo password';

/** Verifications a second when every processor does nothing else, one after the other. */
export async function hashingAlone(seconds: number): Promise<number> {
  const counts = Array.from({ length: availableParallelism() }, async () => {
    const worker = new Worker(new URL(import.meta.url), { workerData: seconds });
    const [perSecond] = await once(worker, 'message');
    return Number(perSecond);
  });
  return (await Promise.all(counts)).reduce((total, perSecond) => total + perSecond, 0);
}

if (!isMainThread) {
  const passwordHash = hashSync(PASSWORD, PARAMETERS);
  const startedAt = performance.now();
  const end = startedAt + Number(workerData) * 1000;
  let count = 0;
  for (; performance.now() < end; count += 1) verifySync(passwordHash, PASSWORD);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A thread is told, not a window.
  parentPort?.postMessage((count / (performance.now() - startedAt)) * 1000);
}
