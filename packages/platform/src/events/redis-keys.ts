/** One stream per source. The hash tag keeps all of them on one shard, as one read spans several. */
export function streamOf(source: string): string {
  return `civitas:{events}:stream:${source}`;
}

/** Held by the one process that reads for a consumer at a time. */
export function leaseOf(consumer: string): string {
  return `civitas:{events}:lease:${consumer}`;
}
