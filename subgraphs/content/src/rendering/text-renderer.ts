/* oxlint-disable unicorn/require-post-message-target-origin -- Threads are told, not windows. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createLimit } from '@civitas/platform/concurrency';
import { CivitasError } from '@civitas/platform/errors';
import { readTopicText } from './render-topic.ts';
import type { RenderedText, RenderJob } from './rendered-text.ts';

/** Renders texts without holding up anybody else. */
export interface TextRenderer {
  /**
   * @throws CivitasError `TEXT_TOO_COMPLEX` when it takes too long, `SERVICE_UNAVAILABLE` when too many wait.
   */
  render(job: RenderJob): Promise<RenderedText>;
  stop(): Promise<void>;
}

interface RendererOptions {
  /** Of processor time. Default 5 s: of honest texts the longest take some tenths of one. */
  readonly limitMs?: number | undefined;
  /** Until it is given up that a thread gets its time. Default 30 s. */
  readonly patienceMs?: number;
  /** What threads run; tests have others. */
  readonly script?: URL;
}

/** The worst that was found of this length takes less than a tenth of a second: no thread is worth it. */
const AT_ONCE_LENGTH = 400;
/** At the same time, and in line behind them. */
const THREADS = 2;
const MAX_WAITING = 200;
/** Texts that took too long, so that asking again does not take as long again. */
const MAX_REMEMBERED = 1_000;
/** What renders may be mended, too. */
const REMEMBERED_MS = 10 * 60_000;
const MAX_HEAP_MB = 256;
const LATE = Symbol('late');

/** Of a thread, also while it is busy. */
async function cpuMsOf(worker: Worker): Promise<number> {
  const { user, system } = await worker.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Some Markdown takes time that grows with the square of its length, or worse, in the parser, the
 * highlighter or the formulas. Threads are started when they are first needed, and ended with what takes too long:
 * by the time that their processor had for it, so that an honest text is not refused for what others do.
 */
export function createTextRenderer({
  limitMs = 5_000,
  patienceMs = 30_000,
  script = new URL('render-worker.ts', import.meta.url),
}: RendererOptions = {}): TextRenderer {
  const limited = createLimit(THREADS, MAX_WAITING);
  const free: Worker[] = [];
  const all = new Set<Worker>();
  /** By hash, until when. */
  const tooComplex = new Map<string, number>();

  async function startWorker(): Promise<Worker> {
    const worker = new Worker(script, {
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    all.add(worker);
    worker.once('exit', () => all.delete(worker));
    // Whoever waits for it hears of it; an error that nobody listens to would end this process.
    worker.on('error', () => undefined);
    await once(worker, 'message');
    worker.unref();
    return worker;
  }

  /** @returns null when it has taken too long, `STARVED` when it was hardly let to work. */
  async function runOn(worker: Worker, job: RenderJob): Promise<RenderedText | 'STARVED' | null> {
    const done = new AbortController();
    const { signal } = done;
    worker.ref();
    try {
      const before = await cpuMsOf(worker);
      const answered = once(worker, 'message', { signal }) as Promise<[RenderedText | null]>;
      worker.postMessage(job);
      for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += limitMs) {
        const late = wait(limitMs, LATE, { signal, ref: false });
        const answer = await Promise.race([answered, late]);
        if (answer !== LATE) return answer[0];
        if ((await cpuMsOf(worker)) - before >= limitMs) return null;
      }
      return 'STARVED';
    } finally {
      done.abort();
      worker.unref();
    }
  }

  async function renderAside(job: RenderJob, key: string): Promise<RenderedText> {
    const worker = free.pop() ?? (await startWorker());
    // An error of the thread is that of its text, e.g. that it needs more memory than there is.
    const rendered = await runOn(worker, job).catch(() => null);
    if (rendered !== null && rendered !== 'STARVED') {
      free.push(worker);
      return rendered;
    }
    await worker.terminate();
    if (rendered === 'STARVED') throw new CivitasError('SERVICE_UNAVAILABLE');
    tooComplex.delete(key);
    tooComplex.set(key, Date.now() + REMEMBERED_MS);
    if (tooComplex.size > MAX_REMEMBERED) tooComplex.delete([...tooComplex.keys()][0] ?? '');
    throw new CivitasError('TEXT_TOO_COMPLEX');
  }

  return {
    render: async (job) => {
      if (job.markdown.length <= AT_ONCE_LENGTH) {
        const { html, headings, wordCount } = readTopicText(job.markdown);
        return { html: html(new Map(job.files)), headings, wordCount };
      }
      const key = createHash('sha256').update(job.markdown).digest('hex');
      if ((tooComplex.get(key) ?? 0) > Date.now()) throw new CivitasError('TEXT_TOO_COMPLEX');
      return limited(() => renderAside(job, key));
    },
    stop: async () => {
      await Promise.all(Array.from(all, (worker) => worker.terminate()));
    },
  };
}
