/**
 * What this thread computes while something is done, in milliseconds: bounds on it hold on a busy
 * machine too, where the clock runs on while others compute.
 */
export async function cpuMsOf(done: () => unknown): Promise<number> {
  const before = process.threadCpuUsage();
  await done();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
