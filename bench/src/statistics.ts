/** The value below which a share of the samples lies; `share` from 0 to 1. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/** A table in plain text, numbers as they are given. */
export function printTable(title: string, rows: readonly Readonly<Record<string, string>>[]): void {
  console.log(`\n${title}`);
  console.table(Object.fromEntries(rows.map(({ name = '', ...columns }) => [name, columns])));
}
