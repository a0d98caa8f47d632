import { withinTime } from '@civitas/platform/concurrency';
import type { SubgraphTransport } from '@civitas/platform/subgraph';
import { type Logger, logSparingly } from '@civitas/platform/telemetry';

/** Which part of the graph can be answered now. */
export type SubgraphStates = Readonly<Record<string, 'up' | 'down'>>;

/** A probe that takes longer counts as down; orchestrators probe every few seconds. */
const PROBE_TIMEOUT_MS = 2_000;
const tooLate = () => new Error('No answer in time.');

/** Asks every subgraph at once. Never rejects; takes two seconds at most. */
export async function statesOf(
  transports: ReadonlyMap<string, SubgraphTransport>,
  log: Logger,
): Promise<SubgraphStates> {
  const states = await Promise.all(
    [...transports].map(async ([name, transport]) => {
      const state = await withinTime(transport.ready(), PROBE_TIMEOUT_MS, tooLate).then(
        () => 'up' as const,
        (error: unknown) => {
          logSparingly(log, 'warn', 'subgraph not ready', { subgraph: name }, { err: error });
          return 'down' as const;
        },
      );
      return [name, state] as const;
    }),
  );
  return Object.fromEntries(states);
}
