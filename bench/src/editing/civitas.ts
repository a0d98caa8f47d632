import { fileURLToPath } from 'node:url';
import { SECRET } from '../secret.ts';
import type { Contender, Door } from './contender.ts';
import { cpuMsOf } from './cpu-time.ts';
import { type RunningServer, runServer } from './run-server.ts';

const pathOf = (script: string) => fileURLToPath(new URL(script, import.meta.url));
const ALONE = pathOf('./content-server.ts');
const CONTENT = pathOf('../../../subgraphs/content/src/main.ts');
const GATEWAY = pathOf('./gateway-process.ts');

interface Stores {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  cpuMs(): number;
}

/** What serves editors, with and without cursors. */
export interface Civitas {
  as(withCursors: boolean): Contender;
  stop(): Promise<void>;
}

/** The content subgraph alone over graphql-ws, every edit acknowledged after its commit. */
export async function startContent({ databaseUrl, cpuMs }: Stores): Promise<Civitas> {
  const server = await runServer(ALONE, [databaseUrl]);
  return contenders('content', server, [server], cpuMs);
}

function runContent(
  { databaseUrl, redisUrl }: Pick<Stores, 'databaseUrl' | 'redisUrl'>,
  port = '0',
): Promise<RunningServer> {
  return runServer(CONTENT, [], {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    INTERNAL_SECRET: SECRET,
    FILES_SECRET: SECRET,
    LOG_LEVEL: 'error',
    PORT: port,
  });
}

interface Killable {
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** A door to one text, and what behind it can be killed. */
export interface Survivors extends Door {
  readonly content: Killable;
  readonly redis: Killable;
  stop(): Promise<void>;
}

/** The same, with a subgraph that can be killed and comes back at its address. */
export async function startSurvivors(
  stores: Pick<Stores, 'databaseUrl' | 'redisUrl'>,
  redis: Killable,
): Promise<Survivors> {
  let content = await runContent(stores);
  const { port } = new URL(content.url);
  const gateway = await runServer(GATEWAY, [content.url]);
  const { topicId } = await gateway.ask<{ topicId: string }>();
  return {
    protocol: 'graph',
    url: gateway.url,
    document: topicId,
    withCursors: false,
    token: 'bench',
    redis,
    content: {
      kill: () => content.kill(),
      restart: async () => {
        content = await runContent(stores, port);
      },
    },
    stop: async () => {
      await Promise.all([gateway.stop(), content.stop()]);
    },
  };
}

/** The content subgraph and the gateway as they are deployed, each a process of its own. */
export async function startBehindGateway(stores: Stores): Promise<Civitas> {
  const content = await runContent(stores);
  const gateway = await runServer(GATEWAY, [content.url]);
  return contenders('gateway + content', gateway, [gateway, content], stores.cpuMs);
}

function contenders(
  name: string,
  door: RunningServer,
  servers: readonly RunningServer[],
  storesCpuMs: () => number,
): Civitas {
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  return {
    stop,
    as: (withCursors) => ({
      name: withCursors ? `${name}, cursors` : name,
      cpuMs: () => servers.reduce((sum, { pid }) => sum + cpuMsOf(pid), 0),
      storesCpuMs,
      open: async () => {
        const { topicId } = await door.ask<{ topicId: string }>();
        return { protocol: 'graph', url: door.url, document: topicId, withCursors, token: 'bench' };
      },
      stop,
    }),
  };
}
