import type { Logger } from '../telemetry/index.ts';

/** What a service tells the process that started it with an IPC channel. */
export interface ListeningMessage {
  readonly listening: string;
}

/**
 * Announces that a service listens and drains it on SIGTERM or SIGINT. Started over an IPC channel
 * it tells its parent too, and drains when that is gone, so that a killed parent leaves no orphans.
 */
export function runUntilStopped(url: string, stop: () => Promise<void>, log: Logger): void {
  let stopping = false;
  const drain = async (reason: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ reason }, 'draining');
    await stop();
    log.info('stopped');
    // Lets the process end although the channel would keep it.
    if (process.connected) process.disconnect();
  };
  process.on('SIGTERM', drain);
  process.on('SIGINT', drain);
  process.once('disconnect', () => void drain('disconnect'));
  log.info({ url }, 'listening');
  process.send?.({ listening: url } satisfies ListeningMessage);
}
