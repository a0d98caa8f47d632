import { durationMetric } from '../../telemetry/index.ts';

const duration = durationMetric({
  name: 'civitas_subgraph_request_duration_seconds',
  help: 'How long a subgraph works on a request of the gateway.',
  labels: ['subgraph', 'outcome'],
});

/** Measures one request from now on; called with how it ended. */
export function measureRequest(subgraph: string): (outcome: 'ok' | 'errors' | 'failed') => void {
  const startedAt = performance.now();
  return (outcome) =>
    duration.observe({ subgraph, outcome }, (performance.now() - startedAt) / 1000);
}
