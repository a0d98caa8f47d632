/** The subscriptions that run over plain HTTP, so that a draining door can end them. */
export interface OpenStreams {
  /** @returns a function that takes the stream out again. */
  add(end: () => void): () => void;
  /** Ends them all, and from now on every one that is added. */
  drain(): void;
}

export function createOpenStreams(): OpenStreams {
  const open = new Set<() => void>();
  let draining = false;
  return {
    add: (end) => {
      open.add(end);
      if (draining) setImmediate(end);
      return () => void open.delete(end);
    },
    drain: () => {
      draining = true;
      for (const end of [...open]) end();
    },
  };
}
