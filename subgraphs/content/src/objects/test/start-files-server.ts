import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Viewer } from '@civitas/platform/subgraph';
import type { TestResult } from '@civitas/testkit';
import { onTestFinished } from 'vitest';
import type { FilesServerMessage, FilesServerOptions, FilesServerRequest } from './files-server.ts';

const ENTRY = fileURLToPath(new URL('./files-server.ts', import.meta.url));

/** A content subgraph in a process of its own; see `files-server.ts`. */
export interface FilesServer {
  /** The data; throws when there is any error. Of a process that was killed meanwhile it never comes. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they asked for
  run(viewer: Viewer, query: string, variables: Record<string, unknown>): Promise<any>;
  /** Resolves when it waits there. */
  reached(point: string): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

export async function startFilesServer(options: FilesServerOptions): Promise<FilesServer> {
  const child = fork(ENTRY, [JSON.stringify(options)], {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const answers = new Map<number, (result: TestResult) => void>();
  const points = new Map(options.stopsAt.map((point) => [point, Promise.withResolvers<void>()]));
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  await once(child, 'message');
  child.on('message', (message) => {
    const told = message as FilesServerMessage;
    if ('reached' in told) return points.get(told.reached)?.resolve();
    answers.get(told.id)?.(told.result as TestResult);
    answers.delete(told.id);
  });
  let lastId = 0;
  return {
    run: async (viewer, query, variables) => {
      lastId += 1;
      const answered = Promise.withResolvers<TestResult>();
      answers.set(lastId, answered.resolve);
      const request = { id: lastId, viewer, request: { query, variables } };
      child.send(request satisfies FilesServerRequest);
      const { data, errors } = await answered.promise;
      if (errors) throw new Error(`Unexpected errors: ${JSON.stringify(errors)}`);
      return data;
    },
    reached: async (point) => points.get(point)?.promise,
    kill,
  };
}
