import type { Logger } from '@civitas/platform/telemetry';
import { httpTransport } from '../execution/transports/http.ts';
import { createUpstream, type Upstream, type UpstreamOptions } from './upstream.ts';

export interface SubgraphConnection extends Pick<UpstreamOptions, 'breaker' | 'gate'> {
  /** The subgraph's name in the supergraph. */
  readonly name: string;
  /** Of its GraphQL endpoint, one per replica or one of a load balancer. */
  readonly urls: readonly string[];
  /** Shared with the subgraph; at least 32 characters. */
  readonly secret: string;
  readonly log: Logger;
  /** Default 2 s. */
  readonly connectTimeoutMs?: number | undefined;
  /** Until the headers of an answer, and between pieces of its body. Default 10 s. */
  readonly responseTimeoutMs?: number | undefined;
}

/** Reaches a subgraph over HTTP at all of its addresses. Makes no connection before it is used. */
export function connectSubgraph(connection: SubgraphConnection): Upstream {
  const { name, urls, secret, connectTimeoutMs, responseTimeoutMs } = connection;
  const transports = urls.map((url) =>
    httpTransport({
      name,
      url,
      secret,
      ...(connectTimeoutMs !== undefined && { connectTimeoutMs }),
      ...(responseTimeoutMs !== undefined && { responseTimeoutMs }),
    }),
  );
  return createUpstream({ ...connection, transports });
}
