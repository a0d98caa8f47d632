import pg from 'pg';

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Milliseconds that a piece of work waited for its database, and for what. */
interface Timed {
  readonly took: number;
  readonly statements: readonly Statement[];
}

/**
 * How long a piece of work waited for its database, over all its SQL statements, way there and back and
 * the reading of rows included. One piece at a time.
 */
export async function timeStatements(work: () => Promise<unknown>): Promise<Timed> {
  const { prototype } = pg.Client as unknown as {
    prototype: { query: (...args: unknown[]) => unknown };
  };
  const { query } = prototype;
  let total = 0;
  const statements: Statement[] = [];
  prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [asked, given] = args as [string | Partial<Statement>, unknown];
    const { text = '', values = [] } = typeof asked === 'string' ? { text: asked } : asked;
    statements.push({ text, values: Array.isArray(given) ? given : values });
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
    return { took: total, statements };
  } finally {
    prototype.query = query;
  }
}

async function noteEnd(result: Promise<unknown>, note: () => void): Promise<void> {
  await Promise.allSettled([result]);
  note();
}

/**
 * What Postgres itself takes for statements that have just run, planning included: without the way there
 * and back, and with their pages in memory.
 */
export async function explainAgain(
  client: pg.Client,
  statements: readonly Statement[],
): Promise<number> {
  let total = 0;
  for (const { text, values } of statements) {
    if (!/^\s*(SELECT|WITH)/i.test(text)) continue;
    const { rows } = await client.query(`EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${text}`, [
      ...values,
    ]);
    const [plan] = rows[0]['QUERY PLAN'];
    total += plan['Planning Time'] + plan['Execution Time'];
  }
  return total;
}
