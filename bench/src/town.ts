import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from './load.ts';
import { type LocalServer, type Shape, startServer } from './local-server.ts';
import { median, printTable, quantile } from './statistics.ts';

const CONNECTIONS = 20;
const ROUNDS = 5;
const ROUND_SECONDS = 4;
const BASELINE: Shape = 'one process';

interface Contender {
  readonly shape: Shape;
  readonly server: LocalServer;
  readonly perSecond: number[];
  readonly latencies: number[];
}

/** The Town query in both shapes, round by round in one run, so that both meet the same noise. */
export async function benchTown(): Promise<void> {
  const directories: string[] = [];
  const contenders: Contender[] = [];
  try {
    for (const shape of [BASELINE, 'many processes'] satisfies Shape[]) {
      const directory = await mkdtemp(join(tmpdir(), 'civitas-bench-'));
      directories.push(directory);
      const server = await startServer(shape, directory, 0);
      contenders.push({ shape, server, perSecond: [], latencies: [] });
    }
    for (let round = -1; round < ROUNDS; round += 1) {
      for (const contender of contenders) await play(contender, round < 0);
    }
    report(contenders);
  } finally {
    await Promise.all(contenders.map(({ server }) => server.stop()));
    for (const directory of directories) await rm(directory, { recursive: true, force: true });
  }
}

async function play(contender: Contender, isWarmUp: boolean): Promise<void> {
  const { url, town } = contender.server;
  const round = await load(url, town, CONNECTIONS, ROUND_SECONDS);
  if (isWarmUp) return;
  contender.perSecond.push(round.requests / round.seconds);
  contender.latencies.push(...round.latencies);
}

function report(contenders: readonly Contender[]): void {
  const baseline = contenders.find(({ shape }) => shape === BASELINE);
  const rows = contenders.map(({ shape, server, perSecond, latencies }) => ({
    name: shape,
    'queries/s': median(perSecond).toFixed(0),
    'p50 ms': median(latencies).toFixed(1),
    'p99 ms': quantile(latencies, 0.99).toFixed(1),
    'Node memory MiB': server.residentMiB().toFixed(0),
    [`÷ ${BASELINE}`]: (median(perSecond) / median(baseline?.perSecond ?? [])).toFixed(2),
  }));
  printTable(`town: ${CONNECTIONS} connections, ${ROUNDS} interleaved rounds`, rows);
}
