const MIB = 1024 * 1024;
const LOOK_EVERY_MS = 20;

/** What some work comes to, how long it took, and how far the memory of this process went beyond what it was. */
export async function measured<Result>(name: string, work: () => Promise<Result>) {
  const memory = () => process.memoryUsage.rss() / MIB;
  const before = memory();
  let most = before;
  const looking = setInterval(() => {
    most = Math.max(most, memory());
  }, LOOK_EVERY_MS);
  const startedAt = performance.now();
  try {
    const result = await work();
    const seconds = (performance.now() - startedAt) / 1_000;
    return {
      result,
      row: { name, seconds: seconds.toFixed(1), 'MiB more': (most - before).toFixed(0) },
    };
  } finally {
    clearInterval(looking);
  }
}
