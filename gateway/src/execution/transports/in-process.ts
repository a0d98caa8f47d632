import { CivitasError } from '@civitas/platform/errors';
import {
  executeOnSubgraph,
  type RequestOrigin,
  type Subgraph,
  type SubgraphTransport,
  subscribeOnSubgraph,
} from '@civitas/platform/subgraph';

/**
 * Reaches a subgraph of this process by a function call: documents are parsed once per text, and
 * result objects are handed over as they are. The subgraph stays its maker's to stop.
 */
export function inProcessTransport(subgraph: Subgraph): SubgraphTransport {
  return {
    execute: (request, origin) =>
      untilAborted(executeOnSubgraph(subgraph, request, origin), origin),
    subscribe: (request, origin) =>
      untilAborted(subscribeOnSubgraph(subgraph, request, origin), origin),
    ready: () => subgraph.ready(),
    close: async () => undefined,
  };
}

/** A resolver that hangs must not hold its caller: the answer is given up at the deadline. */
function untilAborted<T>(answer: Promise<T>, { signal }: RequestOrigin): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new CivitasError('SUBGRAPH_TIMEOUT', { cause: signal.reason }));
    if (signal.aborted) return giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
