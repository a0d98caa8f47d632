import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@civitas/postgres/embedded';
import { migrate, prismaDirectory, urlOfDatabase } from '@civitas/postgres/migrations';
import { startCivitas } from './editing/civitas.ts';
import type { Contender } from './editing/contender.ts';
import { play, type Round } from './editing/play.ts';
import { installContenders, startHocuspocus, startYWebsocket } from './editing/yjs-servers.ts';
import { median, printTable, quantile } from './statistics.ts';

const ROUNDS = 2;
const MANY = { editors: 50, editsPerSecond: 10, seconds: 5 };
const FEW = { editors: 5, editsPerSecond: 10, seconds: 5 };
const BASELINE = 'Hocuspocus 4.7';

/** One document, 50 editors, 10 edits a second each; round by round beside servers that store nothing. */
export async function benchEditing(): Promise<void> {
  installContenders();
  const directory = await mkdtemp(join(tmpdir(), 'civitas-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDirectory: join(directory, 'postgres') });
  const contenders: Contender[] = [];
  try {
    const url = urlOfDatabase(postgres.adminUrl, 'content');
    await migrate({ url, directory: join(prismaDirectory, 'content') });
    contenders.push(await startCivitas('content', url, false));
    contenders.push(await startHocuspocus(false));
    contenders.push(await startYWebsocket(false));
    contenders.push(await startCivitas('content, cursors', url, true));
    contenders.push(await startHocuspocus(true));
    await compare('50 editors × 10 edits/s', contenders, MANY);
    await compare('5 editors × 10 edits/s', contenders.slice(0, 3), FEW);
  } finally {
    for (const contender of contenders) await contender.stop();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function compare(title: string, contenders: readonly Contender[], load: typeof MANY) {
  const played = new Map<Contender, Round[]>(contenders.map((contender) => [contender, []]));
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [contender, rounds] of played) {
      const result = await play(contender, load);
      if (round >= 0) rounds.push(result);
    }
  }
  const cpuOf = (rounds: readonly Round[]) =>
    median(rounds.map(({ cpuMs, edits }) => (cpuMs * 1000) / edits));
  const baseline = [...played].find(([{ name }]) => name === BASELINE)?.[1] ?? [];
  const rows = Array.from(played, ([{ name }, rounds]) => {
    const latencies = rounds.flatMap((round) => round.latencies);
    const acknowledgements = rounds.flatMap((round) => round.acknowledgements);
    return {
      name,
      'p50 ms': median(latencies).toFixed(1),
      'p99 ms': quantile(latencies, 0.99).toFixed(1),
      'ack p50 ms': median(acknowledgements).toFixed(1),
      'ack p99 ms': quantile(acknowledgements, 0.99).toFixed(1),
      'CPU µs/edit': cpuOf(rounds).toFixed(0),
      [`CPU ÷ ${BASELINE}`]: (cpuOf(rounds) / cpuOf(baseline)).toFixed(2),
      unseen: String(rounds.reduce((sum, { lost }) => sum + lost, 0)),
    };
  });
  printTable(`editing: ${title}, ${ROUNDS} interleaved rounds of ${load.seconds} s`, rows);
}
