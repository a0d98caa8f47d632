import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ProviderConfig } from '@civitas/identity';
import { createLogger, startTelemetry } from '@civitas/platform/telemetry';
import { startTestRedis } from '@civitas/testkit';
import { beforeAll, vi } from 'vitest';
import type { DatabaseUrls } from '../../src/databases.ts';
import { DEMO_PASSWORD } from '../../src/demo/identity.ts';
import { createWorld, type World } from '../../src/demo/world.ts';
import { type InProcessGraph, startInProcessGraph } from '../../src/in-process-graph.ts';
import { type ProcessGraph, startProcessGraph } from '../../src/processes/process-graph.ts';
import { composeSupergraph, supergraphPath } from '../../src/supergraph.ts';
import { openDatabases, type TestDatabases } from '../set-up/open-databases.ts';
import { ENCRYPTION_SECRET, REFRESH_SECRET } from '../set-up/open-subgraphs.ts';
import { startTraceCollector, type TraceCollector } from './trace-collector.ts';

export const shapes = ['one process', 'many processes'] as const;
export type Shape = (typeof shapes)[number];

export const INTERNAL_SECRET = 'a secret for tests between the gateway and its subgraphs';

/** A provider of identities that is away: nothing listens on port 1. */
const AWAY = {
  id: 'away',
  name: 'Away',
  issuer: 'http://localhost:1',
  clientId: 'civitas',
  clientSecret: 'a client secret for tests',
  scopes: 'openid email profile',
};
export const RETURN_URL = 'https://app.civitas.example/signed-in';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they asked for
  readonly data: any;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they asked for
  readonly errors?: readonly any[];
}

/** A whole graph with the demo town in it, reached over HTTP as a client does. */
export interface TestGraph {
  readonly url: string;
  readonly world: World;
  readonly databases: TestDatabases;
  readonly databaseUrls: DatabaseUrls;
  readonly inProcess?: InProcessGraph;
  readonly processes?: ProcessGraph;
  /** Of the many processes: where files of texts are, and the broker between them. */
  readonly objectsDirectory?: string;
  readonly redisUrl?: string;
  /** What its processes tell of themselves, where that was asked for. */
  readonly collector?: TraceCollector;
  /** Sends one operation. */
  ask(query: string, variables?: object, token?: string): Promise<Answer>;
  /** The code in the mail to this address; waits until it is written. */
  mailedCode(address: string): Promise<string>;
  /** An access token of a demo person. */
  signIn(handle: string): Promise<string>;
}

interface Opened {
  readonly mailDirectory: string;
  readonly objectsDirectory?: string;
  readonly redisUrl?: string;
  readonly url: string;
  readonly databaseUrls: DatabaseUrls;
  readonly inProcess?: InProcessGraph;
  readonly processes?: ProcessGraph;
}

interface GraphOptions {
  /** Sends the traces of all its processes to a collector. Default false. */
  readonly traced?: boolean;
  /** Who people can sign in with, beside one that is away. */
  readonly providers?: readonly ProviderConfig[];
}

/** Opens the graph in one shape before the tests of a file (or block), and closes it after them. */
export function useGraph(
  shape: Shape,
  { traced = false, providers = [] }: GraphOptions = {},
): TestGraph {
  const world = createWorld(1);
  let opened: Opened | undefined;
  let databases: TestDatabases | undefined;
  let collector: TraceCollector | undefined;
  const current = () => {
    if (!opened) throw new Error('The graph is open only while tests run.');
    return opened;
  };

  beforeAll(async () => {
    const closers: (() => Promise<unknown>)[] = [];
    databases = await openDatabases({ demo: true });
    const { urls: databaseUrls, drop } = databases;
    closers.push(drop);
    collector = traced ? await startTraceCollector() : undefined;
    if (collector) closers.push(collector.close);
    const open = shape === 'one process' ? openInProcess : openProcesses;
    opened = await open(databaseUrls, [AWAY, ...providers], closers, collector?.url);
    return async () => {
      for (const close of closers.toReversed()) await close();
    };
  }, 120_000);

  const ask: TestGraph['ask'] = async (query, variables = {}, token) => {
    const response = await fetch(current().url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as Answer;
    return { status: response.status, headers: response.headers, data, ...(errors && { errors }) };
  };

  return {
    world,
    ask,
    get url() {
      return current().url;
    },
    get collector() {
      return collector as TraceCollector;
    },
    get databases() {
      return databases as TestDatabases;
    },
    get databaseUrls() {
      return current().databaseUrls;
    },
    get objectsDirectory() {
      return current().objectsDirectory as string;
    },
    get redisUrl() {
      return current().redisUrl as string;
    },
    get inProcess() {
      return current().inProcess as InProcessGraph;
    },
    get processes() {
      return current().processes as ProcessGraph;
    },
    mailedCode: (address) =>
      vi.waitFor(() => readMailedCode(current().mailDirectory, address), { timeout: 10_000 }),
    signIn: async (handle) => {
      const input = { email: `${handle}@demo.civitas.example`, password: DEMO_PASSWORD };
      const { data } = await ask(SIGN_IN, { input });
      return data.signIn.session.accessToken;
    },
  };
}

const SIGN_IN = /* GraphQL */ `
  mutation ($input: SignInInput!) {
    signIn(input: $input) {
      ... on SignInSuccess {
        session {
          accessToken
        }
      }
    }
  }
`;

async function readMailedCode(directory: string, address: string): Promise<string> {
  for (const file of await readdir(directory)) {
    const mail = await readFile(join(directory, file), 'utf8');
    const code = /^ {4}(\S+)$/m.exec(mail)?.[1];
    if (mail.includes(`To: ${address}\n`) && code !== undefined) return code;
  }
  throw new Error(`No mail to ${address} with a code.`);
}

async function temporaryDirectory(closers: (() => Promise<unknown>)[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'civitas-graph-'));
  closers.push(() => rm(directory, { recursive: true }));
  return directory;
}

async function openInProcess(
  databaseUrls: DatabaseUrls,
  providers: readonly ProviderConfig[],
  closers: (() => Promise<unknown>)[],
  tracesTo: string | undefined,
): Promise<Opened> {
  const log = createLogger({ name: 'test', level: 'silent' });
  const config = { OTEL_EXPORTER_OTLP_ENDPOINT: tracesTo, OTEL_TRACES_SAMPLER_ARG: 1 };
  closers.push(await startTelemetry({ service: 'civitas', config, log }));
  const mailDirectory = await temporaryDirectory(closers);
  const inProcess = await startInProcessGraph({
    mailDirectory,
    objectsUrl: pathToFileURL(await temporaryDirectory(closers)).href,
    databaseUrls,
    refreshSecret: REFRESH_SECRET,
    encryptionSecret: ENCRYPTION_SECRET,
    publicUrl: 'http://localhost:4000',
    signIn: { providers, signInReturnUrls: [RETURN_URL] },
    supergraphSdl: await composeSupergraph(),
    log,
    measured: tracesTo !== undefined,
    graphiql: {},
  });
  closers.push(() => inProcess.stop());
  const { url } = await inProcess.gateway.listen({ port: 0, host: '127.0.0.1' });
  return { url, databaseUrls, mailDirectory, inProcess };
}

async function openProcesses(
  databaseUrls: DatabaseUrls,
  providers: readonly ProviderConfig[],
  closers: (() => Promise<unknown>)[],
  tracesTo: string | undefined,
): Promise<Opened> {
  const redis = await startTestRedis();
  closers.push(() => redis.stop());
  const mailDirectory = await temporaryDirectory(closers);
  const objectsDirectory = await temporaryDirectory(closers);
  const processes = await startProcessGraph({
    databaseUrls,
    mailDirectory,
    objectsUrl: pathToFileURL(objectsDirectory).href,
    redisUrl: redis.url,
    secrets: {
      internalSecret: INTERNAL_SECRET,
      refreshSecret: REFRESH_SECRET,
      encryptionSecret: ENCRYPTION_SECRET,
      filesSecret: ENCRYPTION_SECRET,
    },
    port: 0,
    openidProviders: JSON.stringify(providers),
    signInReturnUrls: RETURN_URL,
    supergraphPath,
    logLevel: 'warn',
    ...(tracesTo !== undefined && { telemetry: { endpoint: tracesTo } }),
    onLine: () => undefined,
  });
  closers.push(() => processes.stop());
  const { url } = processes;
  return { url, databaseUrls, mailDirectory, objectsDirectory, redisUrl: redis.url, processes };
}
