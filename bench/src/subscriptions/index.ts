import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { composeServices } from '@apollo/composition';
import { type Child, startChild } from '../gateway/child.ts';
import { median, printTable } from '../statistics.ts';
import { bellSubgraph } from './bell.ts';
import { type Subscribers, subscribe } from './subscribers.ts';

const SUBSCRIBERS = Number(process.env['BENCH_SUBSCRIBERS'] ?? 10_000);
const EVENTS = 7;
const QUERY = 'subscription { rang { number text } }';
/** The server has one processor for itself; clients and the subgraph share the other. */
const SERVER_PROCESSOR = 1;
const OTHER_PROCESSOR = 0;
/** As the Dockerfile starts the gateway; the baseline gets the same. */
const AS_DEPLOYED = ['--max-semi-space-size=16'];
const AGAIN_MS = 1_000;
/** What was made while connecting is garbage, or is not, after this. */
const SETTLING_MS = 15_000;

const entry = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;

interface Figures {
  readonly idleMiB: number;
  readonly perSubscriberKiB: number;
  readonly connectMs: number;
  readonly eventMs: readonly number[];
  readonly stormMs: number;
  /** Of it the server's processor. */
  readonly stormCpuMs: number;
}

/**
 * Ten thousand idle subscribers, one event to all of them, and all of them coming back at once: our
 * gateway in front of a subgraph beside graphql-ws over graphql-js in one process, one after the
 * other with the same clients.
 */
export async function benchSubscriptions(): Promise<void> {
  const children: Child[] = [];
  const directory = await mkdtemp(join(tmpdir(), 'civitas-bench-'));
  const start = async (args: readonly string[], processor: number) => {
    const child = await startChild(args, { processor });
    children.push(child);
    return child;
  };
  try {
    const bell = await start([entry('./bell-process.ts')], OTHER_PROCESSOR);
    const supergraph = join(directory, 'supergraph.graphql');
    await writeFile(supergraph, composed(bell.url));
    const ourArguments = [...AS_DEPLOYED, entry('./civitas-process.ts'), supergraph, bell.url];
    const civitas = await start(ourArguments, SERVER_PROCESSOR);
    const ours = await measure(civitas);
    await civitas.stop();
    const bare = await start([...AS_DEPLOYED, entry('./bare-process.ts')], SERVER_PROCESSOR);
    const theirs = await measure(bare);
    printFigures(ours, theirs);
  } finally {
    for (const child of children) await child.stop();
    await rm(directory, { recursive: true });
  }
}

/** Composed here, so that the gateway's memory is only what it has when deployed. */
function composed(url: string): string {
  const { name, typeDefs } = bellSubgraph();
  const { supergraphSdl, errors } = composeServices([{ name, typeDefs, url }]);
  if (supergraphSdl === undefined) throw new Error(errors?.join('\n'));
  return supergraphSdl;
}

async function measure(server: Child): Promise<Figures> {
  const first = await subscribe(server.url, 1, QUERY);
  await ringUntilHeard(server.url, first);
  const emptyMiB = server.residentMiB();
  const connecting = performance.now();
  const subscribers = await subscribe(server.url, SUBSCRIBERS, QUERY);
  const connectMs = performance.now() - connecting;
  await new Promise((resolve) => setTimeout(resolve, SETTLING_MS));
  const idleMiB = server.residentMiB();
  await ringUntilHeard(server.url, subscribers);
  const eventMs: number[] = [];
  for (let count = 0; count < EVENTS; count++) {
    eventMs.push(await ringFor(server.url, subscribers));
  }
  subscribers.cut();
  first.cut();
  const storm = performance.now();
  const cpuMs = server.cpuMs();
  const back = await subscribe(server.url, SUBSCRIBERS, QUERY);
  await ringUntilHeard(server.url, back);
  const stormMs = performance.now() - storm;
  const stormCpuMs = server.cpuMs() - cpuMs;
  if (back.connected() !== SUBSCRIBERS) throw new Error('Not everybody came back.');
  back.cut();
  const perSubscriberKiB = ((idleMiB - emptyMiB) * 1024) / SUBSCRIBERS;
  return { idleMiB, perSubscriberKiB, connectMs, eventMs, stormMs, stormCpuMs };
}

/** Rings now and then until everybody has heard it: a new source may not be listening yet. */
async function ringUntilHeard(url: string, subscribers: Subscribers): Promise<void> {
  const heard = subscribers.everyoneHears();
  const ringing = setInterval(() => void ring(url), AGAIN_MS);
  await ring(url);
  await heard;
  clearInterval(ringing);
}

/** Rings once; the time until the last subscriber has heard it. */
async function ringFor(url: string, subscribers: Subscribers): Promise<number> {
  const heard = subscribers.everyoneHears();
  const start = performance.now();
  await ring(url);
  await heard;
  return performance.now() - start;
}

async function ring(url: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'mutation { ring }' }),
  });
  if (!response.ok) throw new Error(await response.text());
}

function printFigures(ours: Figures, bare: Figures): void {
  const row = (
    name: string,
    of: (figures: Figures) => number,
    show: (value: number) => string,
  ) => ({
    name,
    civitas: show(of(ours)),
    'graphql-ws alone': show(of(bare)),
    ratio: (of(ours) / of(bare)).toFixed(2),
  });
  printTable(`subscriptions: ${SUBSCRIBERS} subscribers of one event`, [
    row(
      'memory, idle',
      ({ idleMiB }) => idleMiB,
      (value) => `${value.toFixed(0)} MiB`,
    ),
    row(
      '  of it per subscriber',
      ({ perSubscriberKiB }) => perSubscriberKiB,
      (value) => `${value.toFixed(1)} KiB`,
    ),
    row('connecting all', ({ connectMs }) => connectMs, seconds),
    row('one event to all, median', ({ eventMs }) => median(eventMs), seconds),
    row('one event to all, worst', ({ eventMs }) => Math.max(...eventMs), seconds),
    row('all cut, back and told', ({ stormMs }) => stormMs, seconds),
    row("  of it the server's processor", ({ stormCpuMs }) => stormCpuMs, seconds),
  ]);
}
