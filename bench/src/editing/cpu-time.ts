import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second (USER_HZ). */
const TICK_MS = 10;

/** Fields of `/proc/<pid>/stat` behind the name of the program, see `proc(5)`; empty when it has ended. */
function statOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  } catch {
    return [];
  }
}

/** User and system time of a process and all its threads, in milliseconds. */
export function cpuMsOf(pid: number): number {
  const fields = statOf(pid);
  return fields.length === 0 ? 0 : (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Of a process, its children, and those of them that have ended. */
export function cpuMsOfFamily(pid: number): number {
  const fields = statOf(pid);
  const ended = fields.length === 0 ? 0 : (Number(fields[13]) + Number(fields[14])) * TICK_MS;
  const children = readdirSync('/proc')
    .map(Number)
    .filter((id) => id > 0 && Number(statOf(id)[1]) === pid);
  return children.reduce((sum, child) => sum + cpuMsOf(child), cpuMsOf(pid) + ended);
}
