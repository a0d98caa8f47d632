import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type LocalServer, startServer } from '../local-server.ts';
import { median, printTable, quantile } from '../statistics.ts';
import { BareClient } from './bare-client.ts';
import { hashingAlone } from './hashing-alone.ts';
import { type ProcessorTime, processorTime, untilIdle } from './processor-time.ts';

const ROUNDS = 5;
const ROUND_SECONDS = 4;
/**
 * V8 compiles for good what has run 3,000 times, and each code path runs once a sign-in: before, the
 * same server takes up to twice the processor beside the hash.
 */
const WARM_SECONDS = 60;
const CONNECTIONS = 8;
/** Reads beside the sign-ins: 25 a second, on connections of their own. */
const READERS = 2;
const READ_EVERY_MS = 80;
const DEMO_PASSWORD = 'civitas demo password';

const SIGN_IN =
  'mutation ($input: SignInInput!) { signIn(input: $input) { ... on SignInSuccess { session { accessToken } } } }';
const READ = '{ users(first: 10) { edges { node { id displayName } } } }';

/**
 * Sign-ins by password through the gateway of the one-process shape, while others read; the baseline
 * is what each of them cannot do without: argon2 verifications with the same parameters, in a thread for
 * each processor.
 */
export async function benchIdentity(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'civitas-bench-'));
  // Every sign-in comes from an address of its own, or the limit per address would be measured.
  const server = await startServer('one process', directory, 0, {
    NODE_ENV: 'production',
    TRUSTED_PROXIES: '127.0.0.1',
  });
  try {
    const emails = await demoAddresses(server.url);
    await untilIdle(server.pid);
    const [signIns, verifications]: [number[], number[]] = [[], []];
    const [waits, reads]: [number[], number[]] = [[], []];
    const used: Used[] = [];
    await playRound(server, emails, WARM_SECONDS);
    for (let round = 0; round < ROUNDS; round += 1) {
      verifications.push(await hashingAlone(ROUND_SECONDS));
      const played = await playRound(server, emails, ROUND_SECONDS);
      signIns.push(played.signIns.perSecond);
      waits.push(...played.signIns.latencies);
      reads.push(...played.reads);
      used.push(played.used);
    }
    report({ signIns, verifications, waits, reads });
    reportProcessor(used);
  } finally {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function playRound({ url, pid }: LocalServer, emails: readonly string[], seconds: number) {
  const open = (count: number) =>
    Promise.all(Array.from({ length: count }, () => BareClient.connect(url)));
  const [writers, readers] = [await open(CONNECTIONS), await open(READERS)];
  let count = 0;
  const signIn = async (connection: number) => {
    count += 1;
    const input = { email: emails[count % emails.length], password: DEMO_PASSWORD };
    const body = JSON.stringify({ query: SIGN_IN, variables: { input } });
    const answer = await writers[connection]?.post(body, addressOf(count));
    if (!answer?.includes('accessToken')) throw new Error(answer);
  };
  const latencies: number[] = [];
  const finished = new AbortController();
  const read = async (client: BareClient) => {
    while (!finished.signal.aborted) {
      const sentAt = performance.now();
      await client.post(JSON.stringify({ query: READ }), '192.0.2.1');
      latencies.push(performance.now() - sentAt);
      await pause(READ_EVERY_MS);
    }
  };
  const reading = Promise.all(readers.map(read));
  const before = processorTime(pid);
  const signIns = await rate(signIn, seconds);
  const used = perSignIn(before, processorTime(pid), signIns.latencies.length);
  finished.abort();
  await reading;
  for (const client of [...writers, ...readers]) client.close();
  return { signIns, reads: latencies, used };
}

/** Does something over and over, eight at a time. */
async function rate(work: (connection: number) => Promise<unknown>, forSeconds: number) {
  const latencies: number[] = [];
  const startedAt = performance.now();
  const end = startedAt + forSeconds * 1000;
  const worker = async (_: unknown, connection: number) => {
    while (performance.now() < end) {
      const begunAt = performance.now();
      await work(connection);
      latencies.push(performance.now() - begunAt);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  return { perSecond: latencies.length / seconds, latencies };
}

async function demoAddresses(url: string): Promise<string[]> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ users(first: 100) { edges { node { handle } } } }' }),
  });
  const { data } = (await answer.json()) as {
    data: { users: { edges: { node: { handle: string } }[] } };
  };
  return data.users.edges.map(({ node }) => `${node.handle}@demo.civitas.example`);
}

function addressOf(count: number): string {
  return `10.${Math.floor(count / 65_536) % 256}.${Math.floor(count / 256) % 256}.${count % 256}`;
}

function report(of: Readonly<Record<'signIns' | 'verifications' | 'waits' | 'reads', number[]>>) {
  const [signIns, verifications] = [median(of.signIns), median(of.verifications)];
  printTable(`identity: ${CONNECTIONS} at a time, ${ROUNDS} interleaved rounds`, [
    {
      name: 'argon2 alone',
      'per second': verifications.toFixed(0),
      'p50 ms': '',
      'p99 ms': '',
      '÷ argon2 alone': '1.00',
    },
    {
      name: 'signIn',
      'per second': signIns.toFixed(0),
      'p50 ms': median(of.waits).toFixed(0),
      'p99 ms': quantile(of.waits, 0.99).toFixed(0),
      '÷ argon2 alone': (signIns / verifications).toFixed(2),
    },
    {
      name: 'reads meanwhile',
      'per second': '25',
      'p50 ms': median(of.reads).toFixed(1),
      'p99 ms': quantile(of.reads, 0.99).toFixed(1),
      '÷ argon2 alone': '',
    },
  ]);
}

type Used = Readonly<Record<keyof ProcessorTime, number>>;

function perSignIn(before: ProcessorTime, after: ProcessorTime, signIns: number): Used {
  const of = (part: keyof ProcessorTime) => (after[part] - before[part]) / signIns;
  return {
    hashing: of('hashing'),
    server: of('server'),
    postgres: of('postgres'),
    load: of('load'),
  };
}

/** Where a sign-in's processor time goes; the reads beside are in it. */
function reportProcessor(used: readonly Used[]): void {
  const of = (part: keyof Used) => median(used.map((each) => each[part])).toFixed(2);
  printTable('identity: processor milliseconds per sign-in, the reads beside included', [
    {
      name: 'signIn',
      hashing: of('hashing'),
      'rest of the server': of('server'),
      Postgres: of('postgres'),
      'the load': of('load'),
    },
  ]);
}
