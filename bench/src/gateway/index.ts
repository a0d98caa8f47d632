import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { composeServices } from '@apollo/composition';
import { load } from '../load.ts';
import { median, printTable, quantile } from '../statistics.ts';
import { measureRemembering } from './cached.ts';
import { type Child, startChild } from './child.ts';
import { benchHostilePlans } from './hostile-plans.ts';
import { measureMemory } from './memory.ts';
import { queries } from './queries.ts';
import { type GatewayBenchOptions, type QueryName, readOptions } from './read-options.ts';
import { benchSubgraphs } from './subgraphs.ts';

const CONNECTIONS = 50;
/** Until the code that runs is compiled, of a gateway that answers twenty a second too. */
const WARM_UP_SECONDS = 10;
const BASELINE = 'apollo';
/** The gateway has one processor for itself; load and subgraphs share the other. */
const GATEWAY_PROCESSOR = 1;
const OTHER_PROCESSOR = 0;

interface Contender {
  readonly name: string;
  readonly child: Child;
  readonly answers: readonly QueryName[];
  readonly results: Map<QueryName, { cpuMs: number[]; perSecond: number[]; latencies: number[] }>;
}

const here = fileURLToPath(new URL('.', import.meta.url));
const foreign = fileURLToPath(new URL('../../gateway-contenders/', import.meta.url));
const all = Object.keys(queries) as QueryName[];

/**
 * CPU per request and requests per second of gateways on the four-subgraph benchmark, round by
 * round in one run. First without sharing identical requests in flight, then with it.
 */
export async function benchGateway(given: readonly string[] = []): Promise<void> {
  const options = readOptions(given);
  if (options.hostile) return benchHostilePlans();
  installForeign();
  const directory = await mkdtemp(join(tmpdir(), 'civitas-bench-'));
  const interrupted = () => process.exit(1);
  process.once('SIGTERM', interrupted).once('SIGINT', interrupted);
  process.setMaxListeners(20);
  const children: Child[] = [];
  const start = async (...given: Parameters<typeof startChild>) => {
    const child = await startChild(...given);
    children.push(child);
    return child;
  };
  try {
    const subgraphs = await start([join(here, 'subgraph-server.ts')], {
      processor: OTHER_PROCESSOR,
    });
    const supergraph = join(directory, 'supergraph.graphql');
    await writeFile(supergraph, composed(subgraphs.url));
    const contender = (
      name: string,
      child: Child,
      answers: readonly QueryName[] = all,
    ): Contender => ({
      name,
      child,
      answers,
      results: new Map(),
    });
    const processor = GATEWAY_PROCESSOR;
    const nodeProcess = (file: string, ...args: readonly string[]) =>
      start([join(here, file), ...args], { processor });
    const hive = (shared: string, port: number) =>
      start(
        ['node_modules/@graphql-hive/gateway/dist/bin.js', 'supergraph', '-c', 'hive.config.mjs'],
        {
          processor,
          cwd: foreign,
          url: `http://127.0.0.1:${port}/graphql`,
          env: { SUPERGRAPH: supergraph, PORT: String(port), SHARED: shared },
        },
      );
    const known: Readonly<Record<string, [() => Promise<Child>, (readonly QueryName[])?]>> = {
      civitas: [() => nodeProcess('civitas-process.ts', supergraph)],
      [BASELINE]: [() => start(['apollo.mjs', supergraph], { processor, cwd: foreign })],
      hive: [() => hive('', 4790)],
      'hand-written': [() => nodeProcess('hand-written-process.ts', subgraphs.url), ['nested']],
      'hand-written same': [
        () => nodeProcess('hand-written-process.ts', subgraphs.url, 'same'),
        ['nested'],
      ],
      'civitas shared': [() => nodeProcess('civitas-process.ts', supergraph, 'shared')],
      'hive shared': [() => hive('shared', 4791)],
    };
    if (options.cached) {
      return await measureRemembering(subgraphs.url, options, async (name, sdl) => {
        const path = join(directory, `${name}.graphql`);
        await writeFile(path, sdl);
        return nodeProcess('civitas-process.ts', path, 'remembering');
      });
    }
    if (options.memoryMinutes !== undefined) {
      const child = await nodeProcess('civitas-process.ts', supergraph);
      return await measureMemory(child, options.memoryMinutes);
    }
    const contenders: Contender[] = [];
    for (const [name, [begin, answers]] of Object.entries(known)) {
      if (options.only && !options.only.includes(name)) continue;
      try {
        contenders.push(contender(name, await begin(), answers));
      } catch (error) {
        if (!name.startsWith('hive')) throw error;
        console.warn(`${name} does not start here: ${(error as Error).message}`);
      }
    }
    await assertSameAnswers(contenders);
    for (const query of options.queries) {
      await measure(contenders, query, options);
      report(contenders, query, options);
    }
  } finally {
    await Promise.all(children.map((child) => child.stop()));
    await rm(directory, { recursive: true, force: true });
  }
}

function installForeign(): void {
  if (existsSync(join(foreign, 'node_modules'))) return;
  console.log('installing the foreign gateways (once)');
  const options = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--workspaces=false'];
  execFileSync('npm', options, { cwd: foreign, stdio: 'inherit' });
}

function composed(origin: string): string {
  const { supergraphSdl, errors } = composeServices(
    benchSubgraphs.map(({ name, typeDefs }) => ({ name, typeDefs, url: `${origin}/${name}` })),
  );
  if (supergraphSdl === undefined)
    throw new Error(errors?.map(({ message }) => message).join('\n'));
  return supergraphSdl;
}

/** Speed without the same data is no speed. */
async function assertSameAnswers(contenders: readonly Contender[]): Promise<void> {
  for (const query of all) {
    const answers = new Map<string, string>();
    for (const { name, child, answers: able } of contenders) {
      if (able.includes(query)) answers.set(name, await answerOf(child.url, query));
    }
    const expected = answers.get(BASELINE) ?? [...answers.values()][0];
    const wrong = [...answers].filter(([, answer]) => answer !== expected);
    if (wrong.length > 0)
      throw new Error(`${query}: ${wrong.map(([name]) => name).join(', ')} answer differently.`);
  }
}

async function answerOf(url: string, query: QueryName): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: queries[query] }),
  });
  const sortKeys = (_: string, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return JSON.stringify(await response.json(), sortKeys);
}

function ratio(samples: readonly number[] | undefined, by: number): string {
  return samples && Number.isFinite(by) ? (median(samples) / by).toFixed(2) : '–';
}

async function measure(
  contenders: readonly Contender[],
  query: QueryName,
  { rounds, roundSeconds }: GatewayBenchOptions,
): Promise<void> {
  const able = contenders.filter(({ answers }) => answers.includes(query));
  const body = JSON.stringify({ query: queries[query] });
  for (let round = -1; round < rounds; round += 1) {
    for (const { child, results } of able) {
      const before = child.cpuMs();
      const seconds = round < 0 ? WARM_UP_SECONDS : roundSeconds;
      const {
        requests,
        seconds: elapsed,
        latencies,
      } = await load(child.url, body, CONNECTIONS, seconds);
      if (round < 0) continue;
      const known = results.get(query) ?? { cpuMs: [], perSecond: [], latencies: [] };
      results.set(query, known);
      known.cpuMs.push((child.cpuMs() - before) / requests);
      known.perSecond.push(requests / elapsed);
      known.latencies.push(...latencies);
    }
  }
}

function report(
  contenders: readonly Contender[],
  query: QueryName,
  { rounds }: GatewayBenchOptions,
): void {
  const of = (wanted: string) =>
    contenders.find(({ name }) => name === wanted)?.results.get(query)?.cpuMs;
  const rows = contenders.flatMap(({ name, child, results }) => {
    const result = results.get(query);
    if (!result) return [];
    const cpuMs = median(result.cpuMs);
    return [
      {
        name,
        'CPU ms/request': cpuMs.toFixed(3),
        'requests/s': median(result.perSecond).toFixed(0),
        'p50 ms': median(result.latencies).toFixed(1),
        'p99 ms': quantile(result.latencies, 0.99).toFixed(1),
        'memory MiB': child.residentMiB().toFixed(0),
        [`${BASELINE} ÷ CPU`]: ratio(of(BASELINE), cpuMs),
        'CPU ÷ script': ratio(result.cpuMs, median(of('hand-written') ?? [])),
      },
    ];
  });
  printTable(
    `gateway, ${query} query: ${CONNECTIONS} connections, ${rounds} interleaved rounds, load average ${loadavg()[0]?.toFixed(1)}`,
    rows,
  );
}
