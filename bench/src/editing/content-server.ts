import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSubgraph } from '@civitas/content';
import { createInProcessBus } from '@civitas/platform/events';
import { createInProcessPubSub } from '@civitas/platform/pubsub';
import {
  executeOnSubgraph,
  type RequestOrigin,
  type SubgraphRequest,
  subscribeOnSubgraph,
} from '@civitas/platform/subgraph';
import { createLogger } from '@civitas/platform/telemetry';
import { type ExecutionArgs, type FormattedExecutionResult, parse } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { author, createTopics } from './bench-topics.ts';

// The content subgraph alone behind graphql-ws: what editing costs without a gateway.

const [, , databaseUrl = ''] = process.argv;
const log = createLogger({ name: 'content', level: 'error' });
const subgraph = createSubgraph({
  databaseUrl,
  bus: createInProcessBus({ log }),
  pubsub: createInProcessPubSub({ log }),
  log,
});
await subgraph.start();

const originOf = (): RequestOrigin => {
  return { viewer: author, requestId: randomUUID(), signal: new AbortController().signal };
};
const addTopic = await createTopics((request) => executeOnSubgraph(subgraph, request, originOf()));

const KINDS = {
  query: parse('{ __typename }'),
  subscription: parse('subscription { __typename }'),
};
const server = createServer();
useServer(
  {
    onSubscribe: (_context, _id, { query, variables }) => {
      const document = query.trim().startsWith('subscription') ? KINDS.subscription : KINDS.query;
      return { document, contextValue: { query, variables } } as unknown as ExecutionArgs;
    },
    execute: ({ contextValue }) =>
      executeOnSubgraph(subgraph, contextValue as SubgraphRequest, originOf()) as never,
    subscribe: ({ contextValue }) =>
      subscribeOnSubgraph(subgraph, contextValue as SubgraphRequest, originOf()) as never,
    // What comes is formatted already.
    onNext: (_context, _id, _payload, _args, result) => result as FormattedExecutionResult,
  },
  new WebSocketServer({ server }),
);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ url: `ws://127.0.0.1:${port}` });
});
process.on('message', async () => process.send?.({ topicId: await addTopic() }));
process.on('disconnect', () => process.exit());
