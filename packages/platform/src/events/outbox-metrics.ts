import type { Client } from 'pg';
import { gaugeMetric } from '../telemetry/index.ts';

const depth = gaugeMetric({
  name: 'civitas_outbox_unpublished_events',
  help: 'Events that are committed and not yet taken by the bus.',
  labels: ['source'],
});
const age = gaugeMetric({
  name: 'civitas_outbox_oldest_seconds',
  help: 'Age of the oldest event that is committed and not yet taken by the bus.',
  labels: ['source'],
});

/**
 * Measures the outbox of one database. The active relay does it, on its own connection: whoever
 * stands by does not look, so that replicas do not count twice.
 */
export function createOutboxMeter(): (client: Client) => Promise<void> {
  /** Also once it is empty again: a metric that disappears alarms nobody. */
  const sources = new Set<string>();
  return async (client) => {
    const { rows } = await client.query<{ source: string; events: string; seconds: string }>(
      `SELECT split_part(type, '.', 1) AS source, count(*) AS events,
         extract(epoch FROM now() - min(occurred_at)) AS seconds
       FROM outbox WHERE published_at IS NULL GROUP BY 1`,
    );
    for (const source of sources) {
      depth.set({ source }, 0);
      age.set({ source }, 0);
    }
    for (const { source, events, seconds } of rows) {
      sources.add(source);
      depth.set({ source }, Number(events));
      age.set({ source }, Math.max(0, Number(seconds)));
    }
  };
}
