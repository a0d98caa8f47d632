import type { ServerResponse } from 'node:http';
import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import type { IncrementalResult } from '../../pipeline/types.ts';
import type { StreamForm } from './stream-forms.ts';

/** A sequence of results that is being written into one HTTP answer. */
export interface WrittenStream {
  /** Ends it now; the client reads the errors as the last thing. */
  end(errors: readonly GraphQLFormattedError[]): void;
}

interface WriteOptions {
  readonly form: StreamForm;
  /** What a client is told when reading the results fails: it was too slow for them. */
  readonly present: (error: unknown) => GraphQLFormattedError;
  /** Called once, when the answer is over for whatever reason. */
  readonly onClose: () => void;
}

/** Who takes nothing for this long is gone; it is also the time to read what is left at the end. */
const STALLED_MS = 30_000;

/**
 * Writes results as they come, one at a time and never faster than the client reads: what waits
 * meanwhile waits in the bounded queue of `results`. The source hears at once when the client
 * leaves.
 */
export function writeStream(
  response: ServerResponse,
  results: AsyncIterator<FormattedExecutionResult | IncrementalResult>,
  { form, present, onClose }: WriteOptions,
): WrittenStream {
  let isOver = false;
  const { heartbeat } = form;
  const beating =
    heartbeat &&
    setInterval(() => {
      if (!response.writableNeedDrain) response.write(heartbeat.text);
    }, heartbeat.everyMs);

  function stop(): void {
    if (isOver) return;
    isOver = true;
    clearInterval(beating);
    void results.return?.();
    onClose();
  }

  function end(errors?: readonly GraphQLFormattedError[]): void {
    if (isOver) return;
    stop();
    if (errors) response.write(form.failure(errors));
    response.end(form.ending);
    const stalled = setTimeout(() => response.destroy(), STALLED_MS);
    response.once('close', () => clearTimeout(stalled));
  }

  async function write(): Promise<void> {
    for (;;) {
      const next = await results.next();
      if (isOver) return;
      if (next.done) return end();
      if (!response.write(form.result(next.value))) await drained(response);
    }
  }

  response.once('close', stop);
  if (response.destroyed) stop();
  else response.write(form.opening);
  write().catch((error: unknown) => end([present(error)]));
  return { end };
}

/** Resolves when the client has read, or is gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const stalled = setTimeout(() => response.destroy(), STALLED_MS);
    const done = () => {
      clearTimeout(stalled);
      response.removeListener('drain', done);
      response.removeListener('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}
