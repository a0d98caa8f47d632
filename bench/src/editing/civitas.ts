import { fileURLToPath } from 'node:url';
import { overWebSocket } from '@civitas/topic-editing';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Contender } from './contender.ts';
import { runServer } from './run-server.ts';

const SCRIPT = fileURLToPath(new URL('./content-server.ts', import.meta.url));

/** The content subgraph over graphql-ws, every edit acknowledged after its commit. */
export async function startCivitas(
  name: string,
  databaseUrl: string,
  withCursors: boolean,
): Promise<Contender> {
  const server = await runServer(SCRIPT, [databaseUrl]);
  return {
    name,
    pid: server.pid,
    stop: server.stop,
    open: async () => {
      const { topicId } = await server.ask<{ topicId: string }>();
      return async (clientId, onUpdate) => {
        const client = createClient({ url: server.url, webSocketImpl: WebSocket, lazy: false });
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
            const result = await transport.push({
              ...{ topicId, epoch: 1, clientId },
              update: Buffer.from(update).toString('base64'),
              awareness: withCursors ? JSON.stringify({ cursor }) : null,
            });
            if (result.__typename !== 'PushTopicUpdateSuccess') {
              throw new Error(JSON.stringify(result));
            }
          },
          close: () => void client.dispose(),
        };
      };
    },
  };
}
