import { setTimeout as wait } from 'node:timers/promises';
import { LocalStartError } from './local-start-error.ts';

const ASK_EVERY_MS = 50;

/**
 * Waits until a service says that it is ready: it listens some moments before, and a gateway plans what its
 * clients are known to ask first.
 *
 * @param url anywhere on it.
 * @param ended resolves when it has ended, and will never be.
 * @throws LocalStartError when it ends instead.
 */
export async function untilReady(url: string, ended?: Promise<void>): Promise<void> {
  let isOver = false;
  void ended?.then(() => {
    isOver = true;
  });
  for (;;) {
    const answer = await fetch(new URL('/health/ready', url)).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    if (isOver) throw new LocalStartError(`What listened at ${url} ended before it was ready.`);
    await wait(ASK_EVERY_MS);
  }
}
