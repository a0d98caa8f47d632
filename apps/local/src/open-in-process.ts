import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readKnownOperations } from '@civitas/gateway';
import { openidProviders, signInReturnUrls } from '@civitas/identity';
import { readConfig } from '@civitas/platform/config';
import { createLogger, startTelemetry } from '@civitas/platform/telemetry';
import { pino } from 'pino';
import type { LocalConfig } from './command-line.ts';
import { objectsUrlIn } from './data-directory.ts';
import { examplesOf } from './demo/graphiql-examples.ts';
import { startInProcessGraph } from './in-process-graph.ts';
import type { OpenGraph, Prepared } from './start.ts';
import { untilReady } from './until-ready.ts';

const OPERATIONS = fileURLToPath(new URL('../../../operations', import.meta.url));

/** Opens subgraphs and gateway in this process. */
export async function openGraph(prepared: Prepared, config: LocalConfig): Promise<OpenGraph> {
  const { databaseUrls, secrets, supergraphSdl, examples, port, dataDirectory } = prepared;
  const log = createLogger({
    name: 'civitas',
    level: config.LOG_LEVEL,
    destination: pino.destination({ dest: join(dataDirectory, 'civitas.log'), sync: false }),
  });
  const stopTelemetry = await startTelemetry({ service: 'civitas', config, log });
  const signIn = readConfig(
    { OPENID_PROVIDERS: openidProviders, SIGN_IN_RETURN_URLS: signInReturnUrls },
    {
      OPENID_PROVIDERS: config.OPENID_PROVIDERS,
      SIGN_IN_RETURN_URLS: config.SIGN_IN_RETURN_URLS,
    },
  );
  const graph = await startInProcessGraph({
    databaseUrls,
    refreshSecret: secrets.refreshSecret,
    encryptionSecret: secrets.encryptionSecret,
    filesSecret: secrets.filesSecret,
    publicUrl: `http://localhost:${port}`,
    signIn: {
      providers: signIn.OPENID_PROVIDERS,
      signInReturnUrls: signIn.SIGN_IN_RETURN_URLS,
    },
    mailDirectory: join(dataDirectory, 'mail'),
    objectsUrl: objectsUrlIn(dataDirectory),
    supergraphSdl,
    trustedProxies: config.TRUSTED_PROXIES.split(',').flatMap((proxy) => proxy.trim() || []),
    log,
    measured:
      config.INTERNAL_PORT !== undefined || config.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
    graphiql: { examples: examplesOf(examples) },
    knownOperations: await readKnownOperations(OPERATIONS),
  });
  try {
    const { url } = await graph.gateway.listen({ port, host: '127.0.0.1' });
    await untilReady(url);
    return { url, stop: () => graph.stop().finally(stopTelemetry) };
  } catch (error) {
    // Before Postgres ends, which is whoever called us's to do.
    await graph.stop();
    throw error;
  }
}
