import { logLevel, port, readConfig, secret } from '@civitas/platform/config';
import { telemetryShape } from '@civitas/platform/telemetry';
import { z } from 'zod';
import { defaultStreamLimits } from './doors/streams/stream-limit.ts';
import type { OperationMode } from './partners/client-directory.ts';
import { type ClientPolicy, defaultClientPolicy } from './partners/client-policy.ts';

const positive = z.coerce.number().int().min(1).max(1_000_000_000);
const milliseconds = z.coerce.number().int().min(1).max(600_000);

/** One URL or several, separated by commas. */
const urlList = z
  .string()
  .transform((text) => text.split(',').map((each) => each.trim()))
  .pipe(z.array(z.url({ protocol: /^https?$/ })).min(1));

/** Origins as browsers say them, separated by commas; what would match nobody, or any sandboxed page, is none. */
const origins = z
  .string()
  .default('')
  .transform(listOf)
  .refine(
    (listed) =>
      listed.every(
        (each) => URL.canParse(each) && new URL(each).origin === each && each !== 'null',
      ),
    'must be origins such as https://app.example, separated by commas.',
  );

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
  NODE_ENV: z.string().default('development'),
  /** Also turns the editor at `/` on and off. Off in production unless it says otherwise. */
  INTROSPECTION: z.stringbool().optional(),
  /** Names of partner accounts whose keys may introspect all the same, separated by commas. */
  INTROSPECTION_CLIENTS: z.string().default(''),
  /** Shared by several gateways: counts of requests, persisted queries. Without it there is one gateway. */
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  /** Of a request or a WebSocket message. */
  MAX_BODY_BYTES: positive.optional(),
  /** Of a request of somebody who is known, for imports; no subgraph reads more than 8 MiB. */
  MAX_LARGE_BODY_BYTES: positive.max(8 * 1024 * 1024).optional(),
  /** How many of these are taken at a time. */
  MAX_LARGE_BODIES: positive.optional(),
  /** Bytes of answers that are remembered, in memory or in Redis. Default 64 MiB. */
  CACHE_MAX_BYTES: positive.optional(),
  /** Which operations callers without an API key may send. */
  OPERATION_MODE: z.enum(['log-unknown', 'safelist', 'require-id']).default('log-unknown'),
  /** Requests of one network address in a minute. */
  RATE_ANONYMOUS: positive.optional(),
  /** Requests of one signed-in person in a minute. */
  RATE_USER: positive.optional(),
  /** Estimated cost of one operation, by who asks. */
  COST_ANONYMOUS: positive.default(defaultClientPolicy.maximumCost.anonymous),
  COST_USER: positive.default(defaultClientPolicy.maximumCost.user),
  COST_PROGRAM: positive.default(defaultClientPolicy.maximumCost.program),
  /** WebSockets, event streams and multipart answers that may be open at once, */
  MAX_STREAMS: positive.default(defaultStreamLimits.total),
  /** … from one address, */
  MAX_STREAMS_PER_ADDRESS: positive.default(defaultStreamLimits.perAddress),
  /** … of one person, or of one partner account. */
  MAX_STREAMS_PER_CALLER: positive.default(defaultStreamLimits.perCaller),
  /** Labels of progressive overrides that hold for everybody, separated by commas. */
  OVERRIDE_LABELS: z.string().default(''),
  /** Origins whose pages may call the gateway, separated by commas. */
  CORS_ORIGINS: origins,
  /** Of these and others, whose pages may use session cookies, separated by commas. */
  SESSION_ORIGINS: origins,
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
  ...telemetryShape,
};

/**
 * The environment of the gateway process.
 * @throws ConfigError naming every variable that does not fit.
 */
export function readGatewayConfig(environment?: Readonly<Record<string, string | undefined>>) {
  const { CORS_ORIGINS, SESSION_ORIGINS, TRUSTED_PROXIES, OVERRIDE_LABELS, ...config } = readConfig(
    shape,
    environment,
  );
  return {
    ...config,
    corsOrigins: CORS_ORIGINS,
    sessionOrigins: SESSION_ORIGINS,
    trustedProxies: listOf(TRUSTED_PROXIES),
    overrideLabels: listOf(OVERRIDE_LABELS),
    introspection: config.INTROSPECTION ?? config.NODE_ENV !== 'production',
    clientPolicy: clientPolicyOf(config),
    streamLimits: {
      total: config.MAX_STREAMS,
      perAddress: config.MAX_STREAMS_PER_ADDRESS,
      perCaller: config.MAX_STREAMS_PER_CALLER,
    },
    largeBodies: {
      ...(config.MAX_LARGE_BODY_BYTES && { maxBytes: config.MAX_LARGE_BODY_BYTES }),
      ...(config.MAX_LARGE_BODIES && { maxAtOnce: config.MAX_LARGE_BODIES }),
    },
  };
}

const modes = {
  'log-unknown': 'LOG_UNKNOWN',
  safelist: 'SAFELIST',
  'require-id': 'REQUIRE_ID',
} as const satisfies Record<string, OperationMode>;

interface PolicyVariables {
  readonly OPERATION_MODE: keyof typeof modes;
  readonly RATE_ANONYMOUS?: number | undefined;
  readonly RATE_USER?: number | undefined;
  readonly COST_ANONYMOUS: number;
  readonly COST_USER: number;
  readonly COST_PROGRAM: number;
  readonly INTROSPECTION_CLIENTS: string;
}

function clientPolicyOf(config: PolicyVariables): Partial<ClientPolicy> {
  return {
    mode: modes[config.OPERATION_MODE],
    anonymousPerMinute: config.RATE_ANONYMOUS,
    userPerMinute: config.RATE_USER,
    maximumCost: {
      anonymous: config.COST_ANONYMOUS,
      user: config.COST_USER,
      program: config.COST_PROGRAM,
    },
    introspectionClients: new Set(listOf(config.INTROSPECTION_CLIENTS)),
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
