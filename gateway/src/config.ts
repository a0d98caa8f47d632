import { logLevel, port, readConfig, secret } from '@civitas/platform/config';
import { z } from 'zod';

const milliseconds = z.coerce.number().int().min(1).max(600_000);

/** One URL or several, separated by commas. */
const urlList = z
  .string()
  .transform((text) => text.split(',').map((each) => each.trim()))
  .pipe(z.array(z.url({ protocol: /^https?$/ })).min(1));

const shape = {
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(4000),
  SUPERGRAPH_PATH: z.string().optional(),
  /** Identity's public keys. */
  JWKS_URL: z.url(),
  TOKEN_ISSUER: z.string().default('https://civitas.local'),
  TOKEN_AUDIENCE: z.string().default('civitas'),
  /** Shared with every subgraph. */
  INTERNAL_SECRET: secret,
  INTROSPECTION: z.stringbool().default(true),
  /** Origins whose pages may call the gateway, separated by commas. */
  CORS_ORIGINS: z.string().default(''),
  /** Addresses and networks of proxies whose `X-Forwarded-*` headers are believed, separated by commas. */
  TRUSTED_PROXIES: z.string().default(''),
  /** Until a subgraph takes a connection. */
  SUBGRAPH_CONNECT_TIMEOUT_MS: milliseconds.default(2_000),
  /** Until the headers of a subgraph's answer, and between pieces of its body. */
  SUBGRAPH_RESPONSE_TIMEOUT_MS: milliseconds.default(10_000),
  /** For a whole operation; what has not arrived by then is null with an error. */
  DEADLINE_MS: milliseconds.default(30_000),
  /** Folder of documents that clients are known to send, planned before the gateway is ready. */
  OPERATIONS_PATH: z.string().optional(),
  /** JSON file with what GraphiQL shows first: `[{ "query": "…" }]`. */
  GRAPHIQL_EXAMPLES_PATH: z.string().optional(),
  LOG_LEVEL: logLevel.default('info'),
};

/**
 * The environment of the gateway process.
 * @throws ConfigError naming every variable that does not fit.
 */
export function readGatewayConfig(environment?: Readonly<Record<string, string | undefined>>) {
  const { CORS_ORIGINS, TRUSTED_PROXIES, ...config } = readConfig(shape, environment);
  return {
    ...config,
    corsOrigins: listOf(CORS_ORIGINS),
    trustedProxies: listOf(TRUSTED_PROXIES),
  };
}

function listOf(text: string): readonly string[] {
  return text.split(',').flatMap((entry) => entry.trim() || []);
}

/**
 * Where each subgraph is: `<NAME>_URL` from the environment, several separated by commas, else the
 * URL in the supergraph.
 * @throws ConfigError when one of them is not a URL.
 */
export function readSubgraphUrls(
  subgraphs: readonly { readonly name: string; readonly url: string }[],
  environment?: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, readonly string[]> {
  const variable = (name: string) => `${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_URL`;
  const urls: Record<string, readonly string[]> = readConfig(
    Object.fromEntries(
      subgraphs.map(({ name, url }) => [variable(name), urlList.default([url])] as const),
    ),
    environment,
  );
  return new Map(subgraphs.map(({ name, url }) => [name, urls[variable(name)] ?? [url]]));
}
