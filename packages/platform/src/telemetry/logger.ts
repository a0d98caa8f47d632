import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';

export type Logger = PinoLogger;

export interface LoggerOptions {
  /** Which process or subgraph speaks. */
  readonly name: string;
  readonly level: 'silent' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
  /** Where lines go; standard output when absent. */
  readonly destination?: DestinationStream;
}

/** Keys whose values never reach a log line, wherever in the logged object they stand. */
const SECRET_KEYS = [
  'password',
  'passwordHash',
  'newPassword',
  'token',
  'accessToken',
  'refreshToken',
  'secret',
  'internalSecret',
  'apiKey',
  'privateKey',
  'authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'x-civitas-viewer',
  'connectionString',
] as const;

/** pino's paths have no "any depth", so each depth we log at is listed. */
const REDACTED_PATHS = SECRET_KEYS.flatMap((key) => {
  const step = `["${key}"]`;
  return [step, `*${step}`, `*.*${step}`, `*.*.*${step}`];
});

/** What libraries put into their messages: credentials of a URL, and bearer tokens. */
function withoutCredentials(text: string): string {
  return text
    .replaceAll(/:\/\/[^\s/@]+@/g, '://[redacted]@')
    .replaceAll(/\bBearer\s+[\w.~+/=-]+/gi, 'Bearer [redacted]');
}

/** Without the statement that clients of Redis hang onto an error: its arguments may be a password, or anybody's data. */
function describeError(error: Error): object {
  const { message, stack, command: _, ...rest } = pino.stdSerializers.err(error);
  return {
    ...rest,
    message: withoutCredentials(message),
    stack: withoutCredentials(stack),
  };
}

/**
 * Makes the JSON logger of one process. Secrets are replaced by `[redacted]` down to four levels;
 * an error is logged under `err` with its stack.
 */
export function createLogger(options: LoggerOptions): Logger {
  return pino(
    {
      name: options.name,
      level: options.level,
      redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
      serializers: { err: describeError },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    ...(options.destination ? [options.destination] : []),
  );
}
