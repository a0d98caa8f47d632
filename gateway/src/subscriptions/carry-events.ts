import { isOpening } from '@civitas/platform/subgraph';
import type { FormattedExecutionResult } from 'graphql';

interface Carrying {
  /** The source tells what happens from now on, and nothing else. */
  readonly onOpening: () => void;
  /** Completes an event. Rejects only for a defect. */
  readonly join: (event: FormattedExecutionResult) => Promise<FormattedExecutionResult>;
  /** Takes results in order of the events; resolves when this one has been delivered. */
  readonly deliver: (result: Promise<FormattedExecutionResult>) => Promise<unknown>;
  /** An event could not be completed or delivered. */
  readonly onBroken: (error: unknown) => void;
}

/** Events that are completed at once; more wait at the source, which has a bound of its own. */
const MAX_JOINING = 8;

/**
 * Carries the events of one source to those who listen: several are completed at the same time, all
 * are delivered in order. Resolves when the source has ended and everything is delivered.
 */
export async function carryEvents(
  source: AsyncIterableIterator<FormattedExecutionResult>,
  { onOpening, join, deliver, onBroken }: Carrying,
): Promise<void> {
  const joining: Promise<unknown>[] = [];
  for (;;) {
    const event = await source.next();
    if (event.done) break;
    if (isOpening(event.value)) {
      onOpening();
      continue;
    }
    joining.push(deliver(join(event.value)).catch(onBroken));
    if (joining.length >= MAX_JOINING) await joining.shift();
  }
  await Promise.all(joining);
}
