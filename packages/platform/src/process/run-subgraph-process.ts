import { z } from 'zod';
import { logLevel, port, readConfig, secret } from '../config/index.ts';
import { connectEventBus, type EventBus } from '../events/index.ts';
import { serveSubgraph } from '../subgraph/serving/serve-subgraph.ts';
import type { Subgraph } from '../subgraph/types.ts';
import { createLogger, type Logger, startTelemetry, telemetryShape } from '../telemetry/index.ts';
import { runUntilStopped } from './run-until-stopped.ts';

/** The environment every subgraph process needs. */
const commonShape = {
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(0),
  DATABASE_URL: z.url(),
  REDIS_URL: z.url(),
  INTERNAL_SECRET: secret,
  LOG_LEVEL: logLevel.default('info'),
  ...telemetryShape,
};

interface ProcessDependencies {
  readonly databaseUrl: string;
  readonly bus: EventBus;
  readonly log: Logger;
}

/**
 * Runs one subgraph as a process of its own (see `runUntilStopped`).
 *
 * @param shape environment of this subgraph beside the common one.
 */
export async function runSubgraphProcess<Shape extends z.ZodRawShape>(
  name: string,
  shape: Shape,
  create: (
    dependencies: ProcessDependencies,
    config: z.output<z.ZodObject<Shape>>,
  ) => Promise<Subgraph> | Subgraph,
): Promise<void> {
  const common = readConfig(commonShape);
  const log = createLogger({ name, level: common.LOG_LEVEL });
  const stopTelemetry = await startTelemetry({
    service: name,
    config: common,
    log,
  });
  const bus = connectEventBus({ redisUrl: common.REDIS_URL, log });
  const subgraph = await create({ databaseUrl: common.DATABASE_URL, bus, log }, readConfig(shape));
  const served = await serveSubgraph(subgraph, {
    host: common.HOST,
    port: common.PORT,
    internalSecret: common.INTERNAL_SECRET,
    log,
  });
  await bus.start();
  const stop = async () => {
    // Deliveries need the database, so they end before it is closed.
    await bus.close();
    await served.close();
    await stopTelemetry();
  };
  runUntilStopped(served.url, stop, log);
}
