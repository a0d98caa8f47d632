import { createInProcessBus } from '@civitas/platform/events';
import { connectPubSub } from '@civitas/platform/pubsub';
import {
  executeOnSubgraph,
  isStream,
  type SubgraphRequest,
  subscribeOnSubgraph,
  type Viewer,
} from '@civitas/platform/subgraph';
import { createLogger } from '@civitas/platform/telemetry';
import { createSubgraph } from '../index.ts';

// A server of the content subgraph in a process of its own, for tests that kill it. It speaks over
// the channel to its parent; what is tested begins where a request reaches a subgraph.

/** What the parent sends. */
export interface ServerRequest {
  readonly id: number;
  readonly kind: 'execute' | 'subscribe' | 'unsubscribe';
  readonly viewer: Viewer;
  readonly request: SubgraphRequest;
}

/** What it gets: any number of results, then the end. */
export interface ServerAnswer {
  readonly id: number;
  readonly result?: unknown;
  readonly isEnd: boolean;
}

const [, , databaseUrl = '', redisUrl] = process.argv;
const log = createLogger({ name: 'content', level: 'silent' });
const subgraph = createSubgraph({
  databaseUrl,
  bus: createInProcessBus({ log }),
  pubsub: connectPubSub({ redisUrl, log }),
  log,
});
await subgraph.start();

const streams = new Map<number, AbortController>();
const answer = (message: ServerAnswer) => process.send?.(message);

async function serve({ id, kind, viewer, request }: ServerRequest): Promise<void> {
  const left = new AbortController();
  const origin = { viewer, requestId: String(id), signal: left.signal };
  if (kind === 'unsubscribe') return streams.get(id)?.abort();
  if (kind === 'execute') {
    answer({ id, result: await executeOnSubgraph(subgraph, request, origin), isEnd: true });
    return;
  }
  streams.set(id, left);
  const stream = await subscribeOnSubgraph(subgraph, request, origin);
  if (!isStream(stream)) return void answer({ id, result: stream, isEnd: true });
  for await (const result of stream) answer({ id, result, isEnd: false });
  answer({ id, isEnd: true });
  streams.delete(id);
}

process.on('message', (message) => void serve(message as ServerRequest));
process.on('disconnect', () => process.exit());
process.send?.('ready');
