import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from './logger.ts';
import { METRICS_CONTENT_TYPE, measureProcess, metricsText } from './metrics.ts';

interface InternalServerOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly host: string;
  readonly log: Logger;
}

export interface InternalServer {
  /** Of the metrics. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves what is nobody's business outside: `/metrics` for Prometheus, and `/health/live`. On a port of
 * its own, so that no rule of a proxy is needed to keep it inside.
 */
export async function serveInternal(options: InternalServerOptions): Promise<InternalServer> {
  measureProcess();
  const { log } = options;
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: string, type = 'application/json') =>
      response.writeHead(status, { 'content-type': type }).end(body);
    try {
      if (request.url === '/metrics') return answer(200, await metricsText(), METRICS_CONTENT_TYPE);
      if (request.url === '/health/live') return answer(200, '{"status":"live"}');
      return answer(404, '{"status":"not found"}');
    } catch (error) {
      log.error({ err: error }, 'metrics could not be collected');
      return answer(500, '{"status":"failed"}');
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  // It must not keep alive a process that has nothing else to do.
  server.unref();
  const url = `http://${options.host}:${(server.address() as AddressInfo).port}/metrics`;
  log.info({ url }, 'metrics');
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
