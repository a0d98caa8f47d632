import { z } from 'zod';
import { port } from '../config/index.ts';
import type { Logger } from './logger.ts';
import { serveInternal } from './serve-internal.ts';
import { startTracing } from './tracing.ts';

/** The environment of what a process tells about itself; everything is off when absent. */
export const telemetryShape = {
  /** Serves `/metrics` and health for the orchestrator; 0 lets the system choose. */
  INTERNAL_PORT: port.optional(),
  INTERNAL_HOST: z.string().optional(),
  /** An OTLP collector over HTTP, e.g. `http://collector:4318`. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  /** The share of operations that are traced. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
};

interface TelemetryOptions {
  readonly service: string;
  readonly config: z.output<z.ZodObject<typeof telemetryShape>> & { readonly HOST?: string };
  readonly log: Logger;
}

/**
 * Starts what the environment asks for. Before anything else is made, because what is made asks
 * whether it is to be traced.
 * @returns ends it, after everything else has ended.
 */
export async function startTelemetry(options: TelemetryOptions): Promise<() => Promise<void>> {
  const { service, config, log } = options;
  const { INTERNAL_PORT, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = config;
  const stopTracing =
    endpoint === undefined
      ? undefined
      : await startTracing({ service, endpoint, sampleRatio: config.OTEL_TRACES_SAMPLER_ARG });
  const server =
    INTERNAL_PORT === undefined
      ? undefined
      : await serveInternal({
          port: INTERNAL_PORT,
          host: config.INTERNAL_HOST ?? config.HOST ?? '127.0.0.1',
          log,
        });
  return async () => {
    await server?.close();
    await stopTracing?.().catch((error: unknown) => {
      log.warn({ err: error }, 'the last spans were not sent');
    });
  };
}
