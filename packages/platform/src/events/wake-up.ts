/** Lets a loop sleep until somebody has news for it. A `wake` during work is not lost. */
export interface WakeUp {
  wake(): void;
  /** Resolves at the next `wake`, at once if there was one since the last wait, or after `timeoutMs`. */
  wait(timeoutMs: number): Promise<void>;
}

export function createWakeUp(): WakeUp {
  let news = false;
  let ring: (() => void) | undefined;
  return {
    wake: () => {
      news = true;
      ring?.();
    },
    wait: async (timeoutMs) => {
      if (!news) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          ring = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        ring = undefined;
      }
      news = false;
    },
  };
}
