import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Shape, startServer } from './local-server.ts';
import { median, printTable } from './statistics.ts';

const WARM_STARTS = 5;

/** How long a newcomer waits, dependencies installed: on an empty data directory, and again. */
export async function benchStart(): Promise<void> {
  const rows = [];
  for (const shape of ['one process', 'many processes'] satisfies Shape[]) {
    const directory = await mkdtemp(join(tmpdir(), 'civitas-bench-'));
    const cold = await startAndStop(shape, directory);
    const warm: number[] = [];
    for (let n = 0; n < WARM_STARTS; n += 1) warm.push(await startAndStop(shape, directory));
    await rm(directory, { recursive: true, force: true });
    rows.push({
      name: shape,
      'cold, with demo data': `${(cold / 1000).toFixed(2)} s`,
      'warm, median': `${(median(warm) / 1000).toFixed(2)} s`,
      'cold ÷ warm': (cold / median(warm)).toFixed(1),
    });
  }
  printTable(`start: until ready (${WARM_STARTS} warm starts)`, rows);
}

async function startAndStop(shape: Shape, directory: string): Promise<number> {
  const server = await startServer(shape, directory, 0);
  await server.stop();
  return server.startedInMs;
}
