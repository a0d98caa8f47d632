import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const MAIN = join(import.meta.dirname, '../main.ts');
const RECORDER = join(import.meta.dirname, 'record-connections.ts');

/** A file with this supergraph, in a folder of its own. */
export async function supergraphFile(content: string) {
  const folder = await mkdtemp(join(tmpdir(), 'civitas-gateway-'));
  const path = join(folder, 'supergraph.graphql');
  await writeFile(path, content);
  return { path, remove: () => rm(folder, { recursive: true }) };
}

/** The gateway as a process of its own, which tells of every connection that it makes. */
export function runGateway(env: Record<string, string>) {
  const { PATH } = process.env;
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(
    process.execPath,
    ['--import', RECORDER, MAIN],
    { env: { PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  /** The next log line with this message. */
  async function logged(message: string): Promise<{ msg: string; url: string }> {
    for (let line = await lines.next(); !line.done; line = await lines.next()) {
      const entry = JSON.parse(line.value) as { msg: string; url: string };
      if (entry.msg === message) return entry;
    }
    throw new Error(`It ended before it logged "${message}": ${stderr}`);
  }
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return {
    child,
    stderr: () => stderr,
    outbound: () => stderr.split('\n').filter((line) => line.startsWith('OUTBOUND')),
    logged,
    listening: async () => (await logged('listening')).url,
    ended: once(child, 'close').then(([code, signal]) => code ?? signal),
  };
}
