import type {
  RequestOrigin,
  Subgraph,
  SubgraphRequest,
  SubgraphTransport,
} from '@civitas/platform/subgraph';
import { inProcessTransport } from '../execution/transports/in-process.ts';

/** A working transport that remembers what went over it. */
export function watchedTransport(subgraph: Subgraph) {
  const seen: { readonly request: SubgraphRequest; readonly origin: RequestOrigin }[] = [];
  const inner = inProcessTransport(subgraph);
  const transport: SubgraphTransport = {
    ...inner,
    execute: (request, origin) => {
      seen.push({ request, origin });
      return inner.execute(request, origin);
    },
    subscribe: (request, origin) => {
      seen.push({ request, origin });
      return inner.subscribe(request, origin);
    },
  };
  return { transport, seen };
}
