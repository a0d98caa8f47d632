import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalConfig } from '../command-line.ts';
import { objectsUrlIn } from '../data-directory.ts';
import { examplesOf } from '../demo/graphiql-examples.ts';
import type { OpenGraph, Prepared } from '../start.ts';
import { supergraphPath } from '../supergraph.ts';
import { startProcessGraph } from './process-graph.ts';
import { startRedisServer } from './redis-server.ts';

/** Opens every subgraph and the gateway as processes of their own, with a Redis between them. */
export async function openGraph(prepared: Prepared, config: LocalConfig): Promise<OpenGraph> {
  const { databaseUrls, secrets, port, dataDirectory, examples } = prepared;
  const redis = await startRedisServer({
    redisUrl: config.REDIS_URL,
    directory: join(dataDirectory, 'redis'),
    password: secrets.internalSecret,
  });
  const examplesPath = join(dataDirectory, 'examples.json');
  await writeFile(examplesPath, JSON.stringify(examplesOf(examples)));
  const log = createWriteStream(join(dataDirectory, 'civitas.log'), { flags: 'a' });
  try {
    const graph = await startProcessGraph({
      databaseUrls,
      secrets,
      port,
      supergraphPath,
      redisUrl: redis.url,
      examplesPath,
      mailDirectory: join(dataDirectory, 'mail'),
      objectsUrl: objectsUrlIn(dataDirectory),
      openidProviders: config.OPENID_PROVIDERS,
      signInReturnUrls: config.SIGN_IN_RETURN_URLS,
      logLevel: config.LOG_LEVEL,
      telemetry: { port: config.INTERNAL_PORT, endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT },
      onLine: (line) => log.write(`${line}\n`),
    });
    for (const { name, pid, ended } of [graph.gateway, ...Object.values(graph.subgraphs)]) {
      process.stdout.write(`    ${name.padEnd(12)} pid ${pid}\n`);
      // The others go on: what needs the missing part answers with partial data.
      void ended.then(() => process.stdout.write(`  ${name} (pid ${pid}) has ended\n`));
    }
    return { url: graph.url, stop: () => graph.stop().finally(() => redis.stop()) };
  } catch (error) {
    await redis.stop();
    throw error;
  }
}
