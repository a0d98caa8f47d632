import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SubgraphRequest, Viewer } from '@civitas/platform/subgraph';
import { overOperations, type Transport } from '@civitas/topic-editing';
import { onTestFinished } from 'vitest';
import type { ServerAnswer, ServerRequest } from './editing-server.ts';

const ENTRY = fileURLToPath(new URL('./editing-server.ts', import.meta.url));

/** A server of the content subgraph that tests may kill. */
export interface EditingServer {
  transport(viewer: Viewer): Transport;
  /** SIGKILL; requests under way are never answered, streams break off. */
  kill(): Promise<void>;
  /** Starts it again, for the same transports. */
  restart(): Promise<void>;
}

export async function startEditingServer(
  databaseUrl: string,
  redisUrl?: string,
): Promise<EditingServer> {
  const listeners = new Map<number, (answer: ServerAnswer | null) => void>();
  let lastId = 0;
  let child = await launch();

  async function launch(): Promise<ChildProcess> {
    const args = redisUrl === undefined ? [databaseUrl] : [databaseUrl, redisUrl];
    const launched = fork(ENTRY, args, {
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    await once(launched, 'message');
    launched.on('message', (message) => {
      const answer = message as ServerAnswer;
      listeners.get(answer.id)?.(answer);
      if (answer.isEnd) listeners.delete(answer.id);
    });
    launched.once('exit', () => {
      for (const listener of listeners.values()) listener(null);
      listeners.clear();
    });
    return launched;
  }

  function send(
    kind: ServerRequest['kind'],
    viewer: Viewer,
    request: SubgraphRequest,
    onAnswer: (answer: ServerAnswer | null) => void,
  ): () => void {
    lastId += 1;
    const id = lastId;
    if (!child.connected) {
      setImmediate(() => onAnswer(null));
      return () => undefined;
    }
    listeners.set(id, onAnswer);
    child.send({ id, kind, viewer, request } satisfies ServerRequest, () => undefined);
    return () => {
      listeners.delete(id);
      if (child.connected) {
        child.send({ id, kind: 'unsubscribe', viewer, request }, () => undefined);
      }
    };
  }

  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  onTestFinished(kill);
  return {
    transport: (viewer) =>
      overOperations((kind, request, onResult) =>
        send(kind, viewer, request, (answer) => {
          if (answer?.result !== undefined) onResult(answer.result);
          if (answer === null) onResult(new Error('The server is gone.'));
          else if (answer.isEnd) onResult(null);
        }),
      ),
    kill,
    restart: async () => {
      child = await launch();
    },
  };
}
