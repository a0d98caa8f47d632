import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Contender, Door } from './contender.ts';
import { cpuMsOf } from './cpu-time.ts';
import { runServer } from './run-server.ts';

const FOLDER = fileURLToPath(new URL('../../contenders/', import.meta.url));

/** Installs what is compared with into a folder of its own, once. */
export function installContenders(): void {
  if (existsSync(`${FOLDER}node_modules`)) return;
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock'], {
    cwd: FOLDER,
    stdio: 'inherit',
  });
}

export function startYWebsocket(withCursors: boolean): Promise<Contender> {
  return start('y-websocket', 'y-websocket', withCursors);
}

export function startHocuspocus(withCursors: boolean): Promise<Contender> {
  return start('Hocuspocus', 'hocuspocus', withCursors);
}

async function start(
  name: string,
  protocol: Exclude<Door['protocol'], 'graph'>,
  withCursors: boolean,
): Promise<Contender> {
  const server = await runServer(`${FOLDER}${protocol}.js`, []);
  let rounds = 0;
  return {
    name: withCursors ? `${name}, cursors` : name,
    cpuMs: () => cpuMsOf(server.pid),
    storesCpuMs: () => 0,
    stop: server.stop,
    open: async () => {
      rounds += 1;
      return { protocol, url: server.url, document: `bench-${rounds}`, withCursors };
    },
  };
}
