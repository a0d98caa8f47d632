import { OperationTypeNode } from 'graphql';
import type { PlannedOperation } from '../operations/prepared-document.ts';
import type { ExecutePlan, RawResult } from './types.ts';

interface SharedRead {
  readonly result: Promise<RawResult>;
  readonly left: AbortController;
  /** Takes no more callers in. */
  readonly forget: () => void;
  waiting: number;
  /** Ever waited for it. */
  callers: number;
}

/**
 * Runs identical reads of the same viewer once while they are under way: same plan, same variables,
 * same rights. The run ends when nobody waits for it any more, not when its first caller leaves.
 *
 * A write that has been answered ends the sharing of every read that was under way, so that nobody
 * reads what was true before its own write.
 */
export function sharingReads(executePlan: ExecutePlan): ExecutePlan {
  let running = new Map<PlannedOperation, Map<string, SharedRead>>();

  return async (input) => {
    const { planned, variables, origin } = input;
    if (planned.shapedBy.node.operation !== OperationTypeNode.QUERY) {
      const result = await executePlan(input);
      running = new Map();
      return result;
    }
    // Denied fields are named in the data of each response, so that one is not for others.
    if (origin.signal.aborted || !planned.isWhole) return executePlan(input);
    const key = JSON.stringify([variables, origin.viewer]);
    const reads = running.get(planned) ?? new Map<string, SharedRead>();
    running.set(planned, reads);
    let read = reads.get(key);
    if (!read) {
      const left = new AbortController();
      const forget = () => {
        if (reads.get(key)?.left === left) reads.delete(key);
        if (reads.size === 0 && running.get(planned) === reads) running.delete(planned);
      };
      const result = executePlan({ ...input, origin: { ...origin, signal: left.signal } }).finally(
        forget,
      );
      read = { result, left, forget, waiting: 0, callers: 0 };
      reads.set(key, read);
    }
    return await untilLeft(read, origin.signal);
  };
}

async function untilLeft(read: SharedRead, signal: AbortSignal): Promise<RawResult> {
  read.waiting += 1;
  read.callers += 1;
  const leave = () => {
    // Who joined later would make those wait whose time is up already.
    read.forget();
    read.waiting -= 1;
    if (read.waiting === 0) read.left.abort(signal.reason);
  };
  signal.addEventListener('abort', leave, { once: true });
  try {
    const raw = await read.result;
    raw.isShared = read.callers > 1;
    return raw;
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
