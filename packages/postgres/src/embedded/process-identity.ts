import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * The words of a living process's command line, or `null` when it is gone (or a zombie). Linux
 * answers from /proc, because slim images have no `ps`.
 */
export async function commandLineOf(pid: number): Promise<readonly string[] | null> {
  try {
    if (process.platform === 'linux') {
      const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1);
      return words.length > 0 ? words : null;
    }
    const { stdout } = await run('ps', ['-ww', '-o', 'args=', '-p', String(pid)]);
    return stdout.trim().split(/\s+/);
  } catch {
    return null;
  }
}

/**
 * Names one life of one process as `pid-start`, so that a pid that was given to another process
 * later is not mistaken for it; `null` when it is gone.
 */
export async function identityOf(pid: number): Promise<string | null> {
  try {
    if (process.platform === 'linux') {
      const status = await readFile(`/proc/${pid}/stat`, 'utf8');
      // Field 22 (starttime, proc(5)), counted behind the command, which may hold spaces.
      const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? null : `${pid}-${fields[19]}`;
    }
    const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return `${pid}-${Date.parse(stdout.trim())}`;
  } catch {
    return null;
  }
}
