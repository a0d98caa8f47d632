import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@civitas/postgres/embedded';
import { migrate, prismaDirectory, urlOfDatabase } from '@civitas/postgres/migrations';
import { startTestRedis } from '@civitas/testkit/redis';
import {
  type Civitas,
  startBehindGateway,
  startContent,
  startSurvivors,
} from './editing/civitas.ts';
import type { Contender } from './editing/contender.ts';
import { cpuMsOf, cpuMsOfFamily } from './editing/cpu-time.ts';
import type { Load } from './editing/play.ts';
import { readOptions } from './editing/read-options.ts';
import { type Round, runRound, startLoad } from './editing/run-round.ts';
import { survive } from './editing/survive.ts';
import { installContenders, startHocuspocus, startYWebsocket } from './editing/yjs-servers.ts';
import { median, printTable, quantile } from './statistics.ts';

const MANY = { editors: 50, editsPerSecond: 10 };
const FEW = { editors: 5, editsPerSecond: 10 };
const BASELINE = 'Hocuspocus';

/** One document, 50 editors, 10 edits a second each; round by round beside servers that store nothing. */
export async function benchEditing(given: readonly string[]): Promise<void> {
  const options = readOptions(given);
  const { rounds, roundSeconds: seconds } = options;
  const isWanted = (name: string) => options.only?.includes(name) ?? true;
  if (options.profiles !== undefined) {
    process.env['NODE_OPTIONS'] = `--cpu-prof --cpu-prof-dir=${options.profiles}`;
  }
  const directory = await mkdtemp(join(tmpdir(), 'civitas-bench-'));
  const dataDirectory = join(directory, 'postgres');
  const postgres = await startEmbeddedPostgres({ dataDirectory });
  const redis = await startTestRedis();
  const stops: (() => Promise<unknown>)[] = [];
  const editors = startLoad();
  try {
    const databaseUrl = urlOfDatabase(postgres.adminUrl, 'content');
    await migrate({ url: databaseUrl, directory: join(prismaDirectory, 'content') });
    const postmaster = Number(
      readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0],
    );
    const cpuMs = () => cpuMsOfFamily(postmaster) + cpuMsOf(redis.pid);
    const stores = { databaseUrl, redisUrl: redis.url, cpuMs };
    const start = async <Started extends { stop(): Promise<void> }>(starting: Promise<Started>) => {
      const started = await starting;
      stops.push(() => started.stop());
      return started;
    };
    if (options.surviveSeconds !== undefined) {
      const survivors = await start(startSurvivors(stores, redis));
      await survive(survivors, options.surviveSeconds);
      return;
    }
    installContenders();
    const plain: Contender[] = [];
    const withCursors: Contender[] = [];
    const add = (contender: Civitas) => {
      plain.push(contender.as(false));
      withCursors.push(contender.as(true));
    };
    if (isWanted('content')) add(await start(startContent(stores)));
    if (isWanted('gateway + content')) add(await start(startBehindGateway(stores)));
    if (isWanted(BASELINE)) {
      plain.push(await start(startHocuspocus(false)));
      withCursors.push(await start(startHocuspocus(true)));
    }
    if (isWanted('y-websocket')) plain.push(await start(startYWebsocket(false)));
    const run = (contender: Contender, load: Load) => runRound(editors, contender, load);
    const many = options.withCursors ? [...plain, ...withCursors] : plain;
    const play = { rounds, seconds, run };
    const { warmSeconds } = options;
    await compare('50 editors × 10 edits/s', many, { ...play, load: MANY, warmSeconds });
    if (options.withFew) {
      await compare('5 editors × 10 edits/s', plain, { ...play, load: FEW, warmSeconds: 1 });
    }
  } finally {
    editors.kill();
    await Promise.all(stops.map((stop) => stop()));
    await redis.stop();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

interface Comparison {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmSeconds: number;
  readonly load: Omit<Load, 'seconds'>;
  run(contender: Contender, load: Load): Promise<Round>;
}

async function compare(
  title: string,
  contenders: readonly Contender[],
  { rounds: count, seconds, warmSeconds, load, run }: Comparison,
): Promise<void> {
  const played = new Map<Contender, Round[]>(contenders.map((contender) => [contender, []]));
  for (const contender of contenders) {
    // Two documents: what is compiled for the first one holds for all only once there is another.
    for (let document = 0; document < 2; document += 1) {
      await run(contender, { ...load, seconds: warmSeconds / 2 });
    }
  }
  for (let round = 0; round < count; round += 1) {
    for (const [contender, rounds] of played) {
      rounds.push(await run(contender, { ...load, seconds }));
    }
  }
  const perEdit = (rounds: readonly Round[], of: (round: Round) => number) =>
    median(rounds.map((round) => (of(round) * 1000) / round.edits));
  const cpuOf = (rounds: readonly Round[]) => perEdit(rounds, ({ cpuMs }) => cpuMs);
  // Cursors are compared with cursors.
  const baselineOf = (name: string) => {
    const baseline = name.endsWith(', cursors') ? `${BASELINE}, cursors` : BASELINE;
    return [...played].find(([contender]) => contender.name === baseline)?.[1] ?? [];
  };
  const rows = Array.from(played, ([{ name }, rounds]) => {
    const latencies = rounds.flatMap((round) => round.latencies);
    const acknowledgements = rounds.flatMap((round) => round.acknowledgements);
    return {
      name,
      'p50 ms': median(latencies).toFixed(1),
      'p99 ms': quantile(latencies, 0.99).toFixed(1),
      'ack p50': median(acknowledgements).toFixed(1),
      'ack p99': quantile(acknowledgements, 0.99).toFixed(1),
      'CPU µs/edit': cpuOf(rounds).toFixed(0),
      '÷ Hocuspocus': (cpuOf(rounds) / cpuOf(baselineOf(name))).toFixed(2),
      'stores µs/edit': perEdit(rounds, ({ storesCpuMs }) => storesCpuMs).toFixed(0),
      unseen: String(rounds.reduce((sum, { lost }) => sum + lost, 0)),
    };
  });
  printTable(`editing: ${title}, ${count} interleaved rounds of ${seconds} s`, rows);
}
