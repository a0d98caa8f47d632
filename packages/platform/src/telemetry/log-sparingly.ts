/** Lines of one kind in a window; enough to see who and what, and little beside the requests of a flood. */
const LINES = 10;
const WINDOW_MS = 1_000;

interface Window {
  lines: number;
  /** What was not written. */
  more: number;
}

const windows = new WeakMap<object, Map<string, Window>>();

/** What lines are written to. */
interface Log {
  error(details: object, message: string): void;
  warn(details: object, message: string): void;
  /** The log of the process, where this one is that of a request: lines are counted there. */
  readonly ofProcess?: Log;
}

/**
 * Logs a failure that may come with every request: ten lines a second of each kind, then how many more
 * there were. Who makes us refuse a thousand requests a second does not make us write a thousand stacks; the
 * counters of `/metrics` count every one.
 *
 * @param kind what tells one kind from another; of few values, none of them a client's.
 * @param details of this one.
 */
export function logSparingly(
  log: Log,
  level: 'error' | 'warn',
  message: string,
  kind: Readonly<Record<string, string | undefined>>,
  details: object,
): void {
  const { ofProcess = log } = log;
  const ofLog = windows.get(ofProcess) ?? new Map<string, Window>();
  windows.set(ofProcess, ofLog);
  const key = JSON.stringify([message, kind]);
  const window = ofLog.get(key) ?? { lines: 0, more: 0 };
  if (window.lines >= LINES) {
    window.more += 1;
    return;
  }
  if (window.lines === 0) {
    ofLog.set(key, window);
    setTimeout(() => {
      ofLog.delete(key);
      if (window.more === 0) return;
      ofProcess[level]({ ...kind, more: window.more }, `${message}, and more of it`);
    }, WINDOW_MS).unref();
  }
  window.lines += 1;
  log[level]({ ...kind, ...details }, message);
}
