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
  /** Default 5 s: of honest texts the longest take some tenths of one. */
  readonly limitMs?: number | undefined;
}

/** The worst that was found of this length takes less than a tenth of a second: no thread is worth it. */
const AT_ONCE_LENGTH = 400;
/** At the same time, and in line behind them. */
const THREADS = 2;
const MAX_WAITING = 200;
/** Texts that took too long, so that asking again does not take as long again. */
const MAX_REMEMBERED = 1_000;
/** Perhaps it was the machine that had too much to do. */
const REMEMBERED_MS = 10 * 60_000;
const MAX_HEAP_MB = 256;

/**
 * Some Markdown takes time that grows with the square of its length, or worse, in the parser, the
 * highlighter or the formulas. Threads are started when they are first needed, and ended with what takes too long.
 */
export function createTextRenderer({ limitMs = 5_000 }: RendererOptions = {}): TextRenderer {
  const limited = createLimit(THREADS, MAX_WAITING);
  const free: Worker[] = [];
  const all = new Set<Worker>();
  /** By hash, until when. */
  const tooComplex = new Map<string, number>();

  async function startWorker(): Promise<Worker> {
    const worker = new Worker(new URL('render-worker.ts', import.meta.url), {
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

  async function runOn(worker: Worker, job: RenderJob): Promise<RenderedText | null> {
    const done = new AbortController();
    const { signal } = done;
    worker.ref();
    worker.postMessage(job);
    try {
      const [answer] = (await Promise.race([
        once(worker, 'message', { signal }),
        wait(limitMs, [null], { signal, ref: false }),
      ])) as [RenderedText | null];
      return answer;
    } finally {
      done.abort();
      worker.unref();
    }
  }

  async function renderAside(job: RenderJob, key: string): Promise<RenderedText> {
    const worker = free.pop() ?? (await startWorker());
    // An error of the thread is that of its text, e.g. that it needs more memory than there is.
    const rendered = await runOn(worker, job).catch(() => null);
    if (rendered) {
      free.push(worker);
      return rendered;
    }
    await worker.terminate();
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
