import { appOrigins, tokenAudience, tokenIssuer } from '../addresses.ts';
import type { DatabaseUrls } from '../databases.ts';
import type { Secrets } from '../secrets.ts';
import { type SubgraphName, subgraphNames } from '../subgraph-names.ts';
import { untilReady } from '../until-ready.ts';
import { type ServiceProcess, startService } from './service-process.ts';

interface ProcessGraphOptions {
  readonly databaseUrls: DatabaseUrls;
  readonly redisUrl: string;
  readonly secrets: Secrets;
  /** Where mail to people is written. Absent: it stays in the database. */
  readonly mailDirectory?: string;
  /** Where files are kept, a `file:` URL. Absent: texts in the database, and other files nowhere. */
  readonly objectsUrl?: string;
  /** What identity reads as OPENID_PROVIDERS and SIGN_IN_RETURN_URLS. */
  readonly openidProviders?: string | undefined;
  readonly signInReturnUrls?: string | undefined;
  readonly port: number;
  readonly supergraphPath: string;
  /** What GraphiQL opens with; see the gateway's GRAPHIQL_EXAMPLES_PATH. */
  readonly examplesPath?: string;
  readonly logLevel: string;
  /** What processes tell about themselves: see `telemetryShape`. The gateway gets the port, the others one of their own. */
  readonly telemetry?: {
    readonly port?: number | undefined;
    readonly endpoint?: string | undefined;
  };
  readonly onLine: (line: string) => void;
}

export interface ProcessGraph {
  /** Of the gateway. */
  readonly url: string;
  readonly subgraphs: Readonly<Record<SubgraphName, ServiceProcess>>;
  readonly gateway: ServiceProcess;
  /** The gateway drains first, then the subgraphs. */
  stop(): Promise<void>;
}

/** The many-process shape: every subgraph and the gateway as processes of their own, all of them ready. */
export async function startProcessGraph(options: ProcessGraphOptions): Promise<ProcessGraph> {
  const started: ServiceProcess[] = [];
  const start = async (...[service]: Parameters<typeof startService>) => {
    const running = await startService(service);
    started.push(running);
    return running;
  };
  const stop = async () => {
    const gateways = started.filter(({ name }) => name === 'gateway');
    await Promise.all(gateways.map((service) => service.stop()));
    await Promise.all(started.map((service) => service.stop()));
  };
  try {
    const subgraphs = await startSubgraphs(options, start);
    const gateway = await start({
      name: 'gateway',
      entry: 'gateway/src/main.ts',
      // As its image does, and for the reason that stands there.
      flags: ['--max-semi-space-size=16'],
      onLine: options.onLine,
      environment: gatewayEnvironment(options, subgraphs),
    });
    await Promise.all(started.map(({ url, ended }) => untilReady(url, ended)));
    return { url: gateway.url, subgraphs, gateway, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startSubgraphs(options: ProcessGraphOptions, start: typeof startService) {
  const running = await Promise.allSettled(
    subgraphNames.map(async (name) => {
      const service = await start({
        name,
        entry: `subgraphs/${name}/src/main.ts`,
        onLine: options.onLine,
        environment: subgraphEnvironment(options, name),
      });
      return [name, service] as const;
    }),
  );
  const failed = running.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  const services = running.flatMap((result) =>
    result.status === 'fulfilled' ? [result.value] : [],
  );
  return Object.fromEntries(services) as unknown as ProcessGraph['subgraphs'];
}

function subgraphEnvironment(options: ProcessGraphOptions, name: SubgraphName) {
  return {
    DATABASE_URL: options.databaseUrls[name],
    REDIS_URL: options.redisUrl,
    INTERNAL_SECRET: options.secrets.internalSecret,
    LOG_LEVEL: options.logLevel,
    PORT: '0',
    ...(name === 'content' && {
      FILES_URL: publicUrlOf(options),
      FILES_SECRET: options.secrets.filesSecret,
    }),
    ...((name === 'content' || name === 'identity') &&
      options.objectsUrl !== undefined && { OBJECTS_URL: options.objectsUrl }),
    ...telemetryEnvironment(options, '0'),
    ...(name === 'identity' && {
      TOKEN_ISSUER: tokenIssuer,
      TOKEN_AUDIENCE: tokenAudience,
      PUBLIC_URL: publicUrlOf(options),
      PASSKEY_ORIGINS: appOrigins(publicUrlOf(options)),
      OPENID_PROVIDERS: options.openidProviders ?? '',
      SIGN_IN_RETURN_URLS: options.signInReturnUrls ?? '',
      REFRESH_SECRET: options.secrets.refreshSecret,
      ENCRYPTION_SECRET: options.secrets.encryptionSecret,
      ROLES_NEED_SECOND_FACTOR: 'false',
      ...(options.mailDirectory !== undefined && { MAIL_DIRECTORY: options.mailDirectory }),
    }),
  };
}

function publicUrlOf({ port }: ProcessGraphOptions): string {
  return `http://localhost:${port}`;
}

function gatewayEnvironment(
  options: ProcessGraphOptions,
  subgraphs: ProcessGraph['subgraphs'],
): Record<string, string> {
  const urls = subgraphNames.map((name) => [`${name.toUpperCase()}_URL`, subgraphs[name].url]);
  return {
    ...Object.fromEntries(urls),
    // Services run as in production, but this is somebody's own machine.
    INTROSPECTION: 'true',
    SESSION_ORIGINS: appOrigins(publicUrlOf(options)),
    REDIS_URL: options.redisUrl,
    PORT: String(options.port),
    SUPERGRAPH_PATH: options.supergraphPath,
    JWKS_URL: new URL('/.well-known/jwks.json', subgraphs.identity.url).href,
    TOKEN_ISSUER: tokenIssuer,
    TOKEN_AUDIENCE: tokenAudience,
    INTERNAL_SECRET: options.secrets.internalSecret,
    LOG_LEVEL: options.logLevel,
    ...telemetryEnvironment(options, String(options.telemetry?.port)),
    ...(options.examplesPath && { GRAPHIQL_EXAMPLES_PATH: options.examplesPath }),
  };
}

function telemetryEnvironment({ telemetry }: ProcessGraphOptions, internalPort: string) {
  return {
    ...(telemetry?.port !== undefined && { INTERNAL_PORT: internalPort }),
    ...(telemetry?.endpoint !== undefined && { OTEL_EXPORTER_OTLP_ENDPOINT: telemetry.endpoint }),
  };
}
