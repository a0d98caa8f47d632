import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  /** Sends a message and waits for the answer. */
  ask<Answer>(): Promise<Answer>;
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/** Starts a script that reports its `url` when it listens, or `listening` as our services do. */
export async function runServer(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningServer> {
  const child = fork(script, args, {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // As what is compared is run by those who deploy it.
    env: { ...process.env, NODE_ENV: 'production', ...environment },
  });
  const [{ url, listening }] = (await Promise.race([once(child, 'message'), failed(child)])) as [
    { url?: string; listening?: string },
  ];
  return {
    url: url ?? listening ?? '',
    pid: child.pid ?? 0,
    ask: async <Answer>() => {
      const answered = once(child, 'message');
      child.send('ask');
      const [answer] = (await answered) as [Answer];
      return answer;
    },
    kill: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
    stop: async () => {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

async function failed(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`${child.spawnfile} ended with ${code} before it listened.`);
}
