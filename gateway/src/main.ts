import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '@civitas/platform/config';
import { runUntilStopped } from '@civitas/platform/process';
import { createLogger } from '@civitas/platform/telemetry';
import { createRemoteJWKSet } from 'jose';
import { createAccessTokenVerifier } from './access/access-token.ts';
import { jwksRoute } from './access/jwks-route.ts';
import { readGatewayConfig, readSubgraphUrls } from './config.ts';
import { createGateway } from './create-gateway.ts';
import { readExamples } from './doors/read-examples.ts';
import { identityDirectory } from './partners/identity-directory.ts';
import { loadSupergraph, SupergraphError } from './supergraph/load-supergraph.ts';
import { connectSubgraph } from './upstream/connect-subgraph.ts';

/**
 * The gateway as a process of its own. It starts whether or not the subgraphs answer, logs
 * `msg: "listening"` with its `url`, and drains on SIGTERM and SIGINT.
 */
async function main(): Promise<void> {
  const config = readGatewayConfig();
  const log = createLogger({ name: 'gateway', level: config.LOG_LEVEL });
  const path =
    config.SUPERGRAPH_PATH ?? fileURLToPath(new URL('../../supergraph.graphql', import.meta.url));
  const supergraphSdl = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ConfigError(`SUPERGRAPH_PATH: ${path} cannot be read.`, { cause });
  });
  const urls = readSubgraphUrls(loadSupergraph(supergraphSdl).subgraphs);
  const transports = new Map(
    [...urls].map(([name, each]) => [
      name,
      connectSubgraph({
        name,
        urls: each,
        secret: config.INTERNAL_SECRET,
        connectTimeoutMs: config.SUBGRAPH_CONNECT_TIMEOUT_MS,
        responseTimeoutMs: config.SUBGRAPH_RESPONSE_TIMEOUT_MS,
        log,
      }),
    ]),
  );
  const identity = transports.get('identity');
  const gateway = await createGateway({
    supergraphSdl,
    transports,
    ...(identity && { clients: identityDirectory(identity) }),
    trustedProxies: config.trustedProxies,
    verifyAccessToken: createAccessTokenVerifier({
      keys: createRemoteJWKSet(new URL(config.JWKS_URL)),
      issuer: config.TOKEN_ISSUER,
      audience: config.TOKEN_AUDIENCE,
    }),
    routes: [jwksRoute(config.JWKS_URL)],
    log,
    deadlineMs: config.DEADLINE_MS,
    introspection: config.INTROSPECTION,
    corsOrigins: config.corsOrigins,
    graphiql: config.INTROSPECTION ? await readExamples(config.GRAPHIQL_EXAMPLES_PATH) : undefined,
  });
  const { url } = await gateway.listen({ host: config.HOST, port: config.PORT });
  runUntilStopped(url, () => gateway.stop(), log);
}

try {
  await main();
} catch (error) {
  // An operator's mistake is one line; anything else is a defect and shows its stack.
  const isExpected = error instanceof ConfigError || error instanceof SupergraphError;
  process.stderr.write(`${isExpected ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
