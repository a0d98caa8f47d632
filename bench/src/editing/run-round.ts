import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Contender } from './contender.ts';
import type { RoundReport, RoundRequest } from './load-process.ts';
import type { Load, Played } from './play.ts';

/** One round of one contender. */
export interface Round extends Played {
  readonly cpuMs: number;
  readonly storesCpuMs: number;
}

const SCRIPT = fileURLToPath(new URL('./load-process.ts', import.meta.url));

/** The process of all editors. */
export function startLoad(): ChildProcess {
  return fork(SCRIPT, [], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

/** Plays one round on a new document; processor time is counted while everybody types. */
export async function runRound(
  editors: ChildProcess,
  contender: Contender,
  load: Load,
): Promise<Round> {
  const door = await contender.open();
  const request: RoundRequest = { door, load };
  const used = { cpuMs: 0, storesCpuMs: 0 };
  const { promise, resolve, reject } = Promise.withResolvers<Played>();
  const onMessage = (message: RoundReport) => {
    if ('played' in message) return resolve(message.played);
    const sign = message.typing ? -1 : 1;
    used.cpuMs += sign * contender.cpuMs();
    used.storesCpuMs += sign * contender.storesCpuMs();
    editors.send('go on');
  };
  const onExit = () => reject(new Error(`The editors of ${contender.name} have ended.`));
  editors.on('message', onMessage);
  editors.once('exit', onExit);
  editors.send(request);
  try {
    return { ...(await promise), ...used };
  } finally {
    editors.off('message', onMessage);
    editors.off('exit', onExit);
  }
}
