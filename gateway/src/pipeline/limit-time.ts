/** The time one operation has. */
interface LimitedTime {
  /** Aborted when the client leaves or the time is up. */
  readonly signal: AbortSignal;
  /** Must be called when the operation is over. */
  end(): void;
}

/**
 * `AbortSignal.any([left, AbortSignal.timeout(ms)])` at a tenth of its cost: nothing that only the
 * garbage collector can tidy up is made for each request.
 */
export function limitTime(left: AbortSignal | undefined, ms: number): LimitedTime {
  const controller = new AbortController();
  const leave = () => controller.abort(left?.reason);
  if (left?.aborted) leave();
  else left?.addEventListener('abort', leave, { once: true });
  const timer = setTimeout(() => {
    controller.abort(new DOMException('The operation took too long.', 'TimeoutError'));
  }, ms);
  timer.unref();
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      left?.removeEventListener('abort', leave);
    },
  };
}
