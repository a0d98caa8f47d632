import { setTimeout as delay } from 'node:timers/promises';
import { GraphError, overWebSocket, type PushResult } from '@civitas/topic-editing';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Connect, Door } from './contender.ts';

const RETRY_MS = 20;

/** Opens editors of a topic over graphql-transport-ws, one socket each. */
export function connectToGraph({ url, document: topicId, withCursors, token }: Door): Connect {
  return async (clientId, onUpdate) => {
    const client = createClient({
      url,
      webSocketImpl: WebSocket,
      lazy: false,
      connectionParams: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    const transport = overWebSocket(client);
    await new Promise<void>((resolve, reject) => {
      transport.follow(
        { topicId, clientId },
        {
          onEvent: ({ update }) => {
            if (update !== null) onUpdate(Buffer.from(update, 'base64'));
            resolve();
          },
          onEnd: (error) => reject(error ?? new Error('The stream has ended.')),
        },
      );
    });
    return {
      push: async (update, cursor) => {
        const input = {
          ...{ topicId, epoch: 1, clientId },
          update: Buffer.from(update).toString('base64'),
          awareness: withCursors ? JSON.stringify({ cursor }) : null,
        };
        let result: PushResult | undefined;
        // As the client package does: what was turned away is pushed again.
        while (!result) result = await transport.push(input).catch(waitWhenOverloaded);
        if (result.__typename !== 'PushTopicUpdateSuccess') {
          throw new Error(JSON.stringify(result));
        }
      },
      close: () => void client.dispose(),
    };
  };
}

async function waitWhenOverloaded(error: unknown): Promise<undefined> {
  if (!(error instanceof GraphError && error.code === 'SUBGRAPH_OVERLOADED')) throw error;
  await delay(RETRY_MS);
}
