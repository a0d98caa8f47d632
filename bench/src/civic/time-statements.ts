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
    const done = () => {
      total += performance.now() - startedAt;
    };
    const callback = args.at(-1);
    if (typeof callback === 'function') {
      args[args.length - 1] = (...results: unknown[]) => {
        done();
        callback(...results);
      };
    }
    const result = query.apply(this, args);
    if (result instanceof Promise) void Promise.allSettled([result]).then(() => done());
    return result;
  };
  try {
    await work();
    return total;
  } finally {
    prototype.query = query;
  }
}
