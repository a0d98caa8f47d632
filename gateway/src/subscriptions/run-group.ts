import type { PushIterator, RequestOrigin } from '@civitas/platform/subgraph';
import type { FormattedExecutionResult } from 'graphql';

interface GroupRun {
  readonly subscribers: ReadonlySet<PushIterator<FormattedExecutionResult>>;
  readonly origin: RequestOrigin;
  readonly deadlineMs: number;
  readonly join: (
    event: FormattedExecutionResult,
    origin: RequestOrigin,
  ) => Promise<FormattedExecutionResult>;
  readonly onFirstEvent: () => void;
}

/** Events that are completed at once; more wait at the source, which has a bound of its own. */
const MAX_JOINING = 8;

/**
 * Carries the events of one source to all subscribers: several are completed at the same time, all
 * are delivered in order. Ends the subscribers when the source ends. Never rejects.
 */
export async function runGroup(
  source: AsyncIterableIterator<FormattedExecutionResult>,
  { subscribers, origin, deadlineMs, join, onFirstEvent }: GroupRun,
): Promise<void> {
  const joining: Promise<unknown>[] = [];
  let delivered: Promise<unknown> = Promise.resolve();

  for (;;) {
    const event = await source.next();
    if (event.done) break;
    onFirstEvent();
    const signal = AbortSignal.any([origin.signal, AbortSignal.timeout(deadlineMs)]);
    const joined = join(event.value, { ...origin, signal });
    delivered = Promise.all([joined, delivered]).then(([result]) => {
      for (const subscriber of [...subscribers]) subscriber.push(result);
    });
    joining.push(delivered);
    if (joining.length >= MAX_JOINING) await joining.shift();
  }
  await delivered;
  for (const subscriber of [...subscribers]) subscriber.end();
}
