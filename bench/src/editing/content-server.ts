import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSubgraph } from '@civitas/content';
import { createInProcessBus } from '@civitas/platform/events';
import { createInProcessPubSub } from '@civitas/platform/pubsub';
import { executeOnSubgraph, serveSocket } from '@civitas/platform/subgraph';
import { createLogger } from '@civitas/platform/telemetry';
import { author, createTopics } from './bench-topics.ts';

// The content subgraph alone, on the socket that it serves the gateway on, for anybody: what editing costs
// without a gateway.

const [, , databaseUrl = ''] = process.argv;
const log = createLogger({ name: 'content', level: 'error' });
const subgraph = createSubgraph({
  databaseUrl,
  bus: createInProcessBus({ log }),
  pubsub: createInProcessPubSub({ log }),
  log,
});
await subgraph.start();

const originOf = () => ({ viewer: author, requestId: randomUUID() });
const { signal } = new AbortController();
const addTopic = await createTopics((request) =>
  executeOnSubgraph(subgraph, request, { ...originOf(), signal }),
);
const server = createServer();
serveSocket(server, {
  subgraph,
  path: '/',
  maxMessageBytes: 8 * 1024 * 1024,
  callers: () => ({ admit: async () => ({}), originOf }),
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ url: `ws://127.0.0.1:${port}` });
});
process.on('message', async () => process.send?.({ topicId: await addTopic() }));
process.on('disconnect', () => process.exit());
