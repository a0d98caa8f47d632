import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SubgraphRequest, Viewer } from '@civitas/platform/subgraph';
import type { TestResult } from '@civitas/testkit';
import { onTestFinished } from 'vitest';
import type { FilesServerMessage, FilesServerOptions, FilesServerRequest } from './files-server.ts';

const ENTRY = fileURLToPath(new URL('./files-server.ts', import.meta.url));

/** A content subgraph in a process of its own; see `files-server.ts`. */
export interface FilesServer {
  /** The data; throws when there is any error. Of a process that was killed meanwhile it never comes. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they asked for
  run(viewer: Viewer, query: string, variables: Record<string, unknown>): Promise<any>;
  /** The codes of the errors. */
  codes(viewer: Viewer, query: string, variables: Record<string, unknown>): Promise<unknown[]>;
  /** Sends so many bytes to an address; the status, or the code of the error. */
  send(url: string, bytes: number): Promise<unknown>;
  /** Resolves when it waits there. */
  reached(point: string): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/** @param maxFileKiB no file that it writes becomes larger; the system says so as it says that a disk is full. */
export async function startFilesServer(
  options: FilesServerOptions,
  maxFileKiB?: number,
): Promise<FilesServer> {
  const limited = `ulimit -S -f ${(maxFileKiB ?? 0) * 2} && exec "$0" "$@"`;
  const child = fork(ENTRY, [JSON.stringify(options)], {
    execArgv: maxFileKiB === undefined ? [] : ['-c', limited, process.execPath],
    ...(maxFileKiB !== undefined && { execPath: '/bin/sh' }),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const answers = new Map<number, (result: unknown) => void>();
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
    answers.get(told.id)?.(told.result);
    answers.delete(told.id);
  });
  let lastId = 0;
  const ask = (
    what: { viewer: Viewer; request: SubgraphRequest } | { url: string; bytes: number },
  ) => {
    lastId += 1;
    const answered = Promise.withResolvers<unknown>();
    answers.set(lastId, answered.resolve);
    child.send({ id: lastId, ...what } satisfies FilesServerRequest);
    return answered.promise;
  };
  const execute = async (viewer: Viewer, request: SubgraphRequest) =>
    (await ask({ viewer, request })) as TestResult;
  return {
    run: async (viewer, query, variables) => {
      const { data, errors } = await execute(viewer, { query, variables });
      if (errors) throw new Error(`Unexpected errors: ${JSON.stringify(errors)}`);
      return data;
    },
    codes: async (viewer, query, variables) => {
      const { errors = [] } = await execute(viewer, { query, variables });
      return errors.map(({ extensions }) => extensions?.['code']);
    },
    send: (url, bytes) => ask({ url, bytes }),
    reached: async (point) => points.get(point)?.promise,
    kill,
  };
}
