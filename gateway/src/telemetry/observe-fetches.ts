import { CivitasError } from '@civitas/platform/errors';
import type { SubgraphTransport } from '@civitas/platform/subgraph';
import { durationMetric, inSpan, isTracing } from '@civitas/platform/telemetry';

const duration = durationMetric({
  name: 'civitas_fetch_duration_seconds',
  help: 'How long the gateway waits for a subgraph, retries and the wait in line included.',
  labels: ['subgraph', 'outcome'],
});

/** Measures every request to a subgraph, and gives it a span while this process traces. */
export function observeFetches(subgraph: string, transport: SubgraphTransport): SubgraphTransport {
  const attributes = { 'civitas.subgraph': subgraph };
  const execute: SubgraphTransport['execute'] = async (request, origin) => {
    const startedAt = performance.now();
    const observe = (outcome: string) =>
      duration.observe({ subgraph, outcome }, (performance.now() - startedAt) / 1000);
    try {
      const result = await transport.execute(request, origin);
      observe(result.errors ? 'errors' : 'ok');
      return result;
    } catch (error) {
      observe(outcomeOf(error));
      throw error;
    }
  };
  if (!isTracing()) return { ...transport, execute };
  return {
    ...transport,
    execute: (request, origin) =>
      inSpan(`fetch ${subgraph}`, { kind: 'client', attributes }, () => execute(request, origin)),
  };
}

/** By the catalogue, so that the values are few: `unavailable`, `timeout`, `overloaded`, `failed`. */
function outcomeOf(error: unknown): string {
  if (!(error instanceof CivitasError)) return 'failed';
  return /^SUBGRAPH_(\w+)$/.exec(error.code)?.[1]?.toLowerCase() ?? 'failed';
}
