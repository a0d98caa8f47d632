import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '@civitas/platform/config';
import { connectKeyValueStore } from '@civitas/platform/keyvalue';
import { runUntilStopped } from '@civitas/platform/process';
import { connectPubSub } from '@civitas/platform/pubsub';
import { createLogger, startTelemetry } from '@civitas/platform/telemetry';
import { createAccessTokenVerifier } from './access/access-token.ts';
import { fetchKeys } from './access/fetch-keys.ts';
import { identityRoutes } from './access/identity-routes.ts';
import { jwksRoute } from './access/jwks-route.ts';
import { createKeySet } from './access/key-set.ts';
import { signInRoute } from './access/sign-in-route.ts';
import { connectCache } from './caching/connect-cache.ts';
import { readGatewayConfig, readSubgraphUrls } from './config.ts';
import { createGateway } from './create-gateway.ts';
import { readExamples } from './doors/http/read-examples.ts';
import { readKnownOperations } from './operations/read-known-operations.ts';
import { identityDirectory } from './partners/identity-directory.ts';
import { loadSupergraph, SupergraphError } from './supergraph/load-supergraph.ts';
import { watchSupergraph } from './supergraph/watch-supergraph.ts';
import { createConnections } from './upstream/connections.ts';
import { passFiles } from './upstream/pass-files.ts';

const inRepository = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const SUPERGRAPH = inRepository('supergraph.graphql');
const OPERATIONS = inRepository('operations');

/**
 * The gateway as a process of its own. It starts whether or not the subgraphs answer, logs
 * `msg: "listening"` with its `url`, and drains on SIGTERM and SIGINT.
 */
async function main(): Promise<void> {
  const config = readGatewayConfig();
  const log = createLogger({ name: 'gateway', level: config.LOG_LEVEL });
  const stopTelemetry = await startTelemetry({
    service: 'gateway',
    config,
    log,
  });
  const path = config.SUPERGRAPH_PATH ?? SUPERGRAPH;
  const supergraphSdl = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ConfigError(`SUPERGRAPH_PATH: ${path} cannot be read.`, { cause });
  });
  const connections = createConnections({
    secret: config.INTERNAL_SECRET,
    connectTimeoutMs: config.SUBGRAPH_CONNECT_TIMEOUT_MS,
    responseTimeoutMs: config.SUBGRAPH_RESPONSE_TIMEOUT_MS,
    log,
  });
  const loaded = loadSupergraph(supergraphSdl);
  const urls = readSubgraphUrls(loaded.subgraphs);
  const { transports } = connections.to(urls);
  const accessChanges =
    config.REDIS_URL === undefined ? undefined : connectPubSub({ redisUrl: config.REDIS_URL, log });
  const identity = { execute: connections.ask('identity') };
  const cache = connectCache({
    redisUrl: config.REDIS_URL,
    maxBytes: config.CACHE_MAX_BYTES,
    log,
  });
  const keys = createKeySet({ fetch: () => fetchKeys(config.JWKS_URL), log });
  const gateway = await createGateway({
    supergraphSdl,
    cache,
    transports,
    ...(transports.has('identity') && { clients: identityDirectory(identity) }),
    ...(accessChanges && { accessChanges }),
    trustedProxies: config.trustedProxies,
    verifyAccessToken: createAccessTokenVerifier({
      keys: keys.getKey,
      issuer: config.TOKEN_ISSUER,
      audience: config.TOKEN_AUDIENCE,
    }),
    // Identity stands where its keys do.
    routes: [
      jwksRoute(keys),
      signInRoute(config.JWKS_URL),
      ...identityRoutes(config.JWKS_URL),
      ...passFiles('/files/', urls.get('content') ?? []),
      ...passFiles('/avatars/', urls.get('identity') ?? []),
    ],
    log,
    measured:
      config.INTERNAL_PORT !== undefined || config.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
    deadlineMs: config.DEADLINE_MS,
    introspection: config.introspection,
    clientPolicy: config.clientPolicy,
    streamLimits: config.streamLimits,
    ...(config.MAX_BODY_BYTES && { maxBodyBytes: config.MAX_BODY_BYTES }),
    largeBodies: config.largeBodies,
    ...(config.REDIS_URL && {
      keyValue: connectKeyValueStore({ redisUrl: config.REDIS_URL, log }),
    }),
    corsOrigins: config.corsOrigins,
    sessionOrigins: config.sessionOrigins,
    overrideLabels: config.overrideLabels,
    knownOperations: await readKnownOperations(config.OPERATIONS_PATH ?? OPERATIONS),
    graphiql: config.introspection ? await readExamples(config.GRAPHIQL_EXAMPLES_PATH) : undefined,
  });
  const { url } = await gateway.listen({ host: config.HOST, port: config.PORT });
  await cache.bus?.start();
  const unwatch = watchSupergraph({
    path,
    supergraphSdl,
    log,
    reload: async (sdl) => {
      const next = connections.to(readSubgraphUrls(loadSupergraph(sdl).subgraphs));
      await gateway.reload(sdl, next.transports).catch(async (error: unknown) => {
        await next.undo();
        throw error;
      });
    },
  });
  const stop = async () => {
    unwatch();
    await cache.bus?.close();
    await gateway.stop();
    await accessChanges?.close();
    await stopTelemetry();
  };
  runUntilStopped(url, stop, log);
}

try {
  await main();
} catch (error) {
  // An operator's mistake is one line; anything else is a defect and shows its stack.
  const isExpected = error instanceof ConfigError || error instanceof SupergraphError;
  process.stderr.write(`${isExpected ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
