import type { RequestOrigin, SubgraphTransport } from '@civitas/platform/subgraph';

/** Who keeps sessions. */
const KEEPS_SESSIONS = 'identity';

/** Keeps what a client holds of its session, and what it says of itself, from every other subgraph. */
export function hidingClientDetails(
  subgraph: string,
  transport: SubgraphTransport,
): SubgraphTransport {
  if (subgraph === KEEPS_SESSIONS) return transport;
  const without = (origin: RequestOrigin): RequestOrigin => {
    if (origin.cookies === undefined && origin.userAgent === undefined) return origin;
    return { ...origin, cookies: undefined, userAgent: undefined };
  };
  return {
    ...transport,
    execute: (request, origin) => transport.execute(request, without(origin)),
  };
}
