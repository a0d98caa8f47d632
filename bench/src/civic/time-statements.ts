import pg from 'pg';

/**
 * Milliseconds that a piece of work waited for its database, over all its SQL statements, way there and
 * back and the reading of rows included. One piece at a time.
 */
export async function timeStatements(work: () => Promise<unknown>): Promise<number> {
  const { prototype } = pg.Client as unknown as {
    prototype: { query: (...args: unknown[]) => unknown };
  };
  const { query } = prototype;
  let total = 0;
  prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const startedAt = performance.now();
    const note = () => {
      total += performance.now() - startedAt;
    };
    const callback = args.at(-1);
    if (typeof callback === 'function') {
      args[args.length - 1] = (...results: unknown[]) => {
        note();
        callback(...results);
      };
    }
    const result = query.apply(this, args);
    if (result instanceof Promise) void noteEnd(result, note);
    return result;
  };
  try {
    await work();
    return total;
  } finally {
    prototype.query = query;
  }
}

async function noteEnd(result: Promise<unknown>, note: () => void): Promise<void> {
  await Promise.allSettled([result]);
  note();
}
