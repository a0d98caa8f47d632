import { Counter, collectDefaultMetrics, Gauge, Histogram, register } from 'prom-client';

// Metrics are of the process: what is made twice (two gateways in one test, five subgraphs in one
// process) counts together, told apart by its labels.

interface MetricOptions<Label extends string> {
  /** `civitas_` and snake case; units last: `_seconds`, `_bytes`, `_total` for what only grows. */
  readonly name: string;
  readonly help: string;
  /** Their values must be bounded: never an id, a text of a client, or a path. */
  readonly labels?: readonly Label[];
}

/** From a function call in one process to the longest a client waits. In seconds. */
const DURATION_BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/** A distribution of times in seconds. */
export function durationMetric<Label extends string>(
  options: MetricOptions<Label>,
): Histogram<Label> {
  const known = register.getSingleMetric(options.name);
  if (known) return known as Histogram<Label>;
  return new Histogram({ ...configOf(options), buckets: DURATION_BUCKETS });
}

/** A number that only grows. */
export function counterMetric<Label extends string>(options: MetricOptions<Label>): Counter<Label> {
  const known = register.getSingleMetric(options.name);
  return known ? (known as Counter<Label>) : new Counter(configOf(options));
}

/** A number that goes up and down. */
export function gaugeMetric<Label extends string>(options: MetricOptions<Label>): Gauge<Label> {
  const known = register.getSingleMetric(options.name);
  return known ? (known as Gauge<Label>) : new Gauge(configOf(options));
}

type Read = () => void;
const readers = new Set<Read>();

/**
 * Calls `read` before every scrape, to set metrics from state that is counted anyway: nothing is
 * paid while nobody looks.
 * @returns ends it.
 */
export function onScrape(read: Read): () => void {
  readers.add(read);
  return () => void readers.delete(read);
}

/** Everything this process counts, in Prometheus' text format. */
export async function metricsText(): Promise<string> {
  for (const read of readers) read();
  return register.metrics();
}

export const METRICS_CONTENT_TYPE: string = register.contentType;

/** Adds what Node knows of itself: event loop lag, heap, garbage collection. Once per process. */
export function measureProcess(): void {
  if (register.getSingleMetric('nodejs_eventloop_lag_seconds')) return;
  collectDefaultMetrics();
}

function configOf<Label extends string>({ name, help, labels = [] }: MetricOptions<Label>) {
  return { name, help, labelNames: [...labels] };
}
