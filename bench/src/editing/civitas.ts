import { fileURLToPath } from 'node:url';
import { SECRET } from '../secret.ts';
import type { Contender } from './contender.ts';
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

/** The content subgraph and the gateway as they are deployed, each a process of its own. */
export async function startBehindGateway(stores: Stores): Promise<Civitas> {
  const content = await runServer(CONTENT, [], {
    DATABASE_URL: stores.databaseUrl,
    REDIS_URL: stores.redisUrl,
    INTERNAL_SECRET: SECRET,
    FILES_SECRET: SECRET,
    LOG_LEVEL: 'error',
    NODE_ENV: 'production',
  });
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
