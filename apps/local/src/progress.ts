/** A step that takes minutes says how far it is this often where lines cannot be rewritten. */
const LINE_EVERY_MS = 20_000;

/** Prints one line per step with the time it took. */
export interface Progress {
  step<Result>(
    label: string,
    work: (detail: (text: string) => void) => Promise<Result>,
  ): Promise<Result>;
}

/**
 * @param write usually `process.stdout.write`.
 * @param interactive whether a line can be rewritten, as on a terminal.
 */
export function createProgress(write: (text: string) => void, interactive: boolean): Progress {
  return {
    step: async (label, work) => {
      const startedAt = performance.now();
      if (interactive) write(`  ${label} …`);
      let toldAt = startedAt;
      const result = await work((detail) => {
        if (interactive) return write(`\r\u001b[K  ${label} … ${detail}`);
        if (performance.now() - toldAt < LINE_EVERY_MS) return;
        toldAt = performance.now();
        write(`  ${label} … ${detail}\n`);
      });
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      write(`${interactive ? '\r\u001b[K' : ''}  ${label.padEnd(34)} ${seconds.padStart(6)} s\n`);
      return result;
    },
  };
}

/** `[#####     ] 50 %`, for steps that know how far they are. */
export function progressBar(done: number, total: number): string {
  const WIDTH = 24;
  // What is expected is an estimate, so more may be done.
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round(share * WIDTH);
  return `[${'#'.repeat(filled)}${' '.repeat(WIDTH - filled)}] ${Math.floor(share * 100)} %`;
}
