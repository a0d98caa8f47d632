import pg from 'pg';
import { vi } from 'vitest';

/** One SQL statement as it was sent. */
export interface SentStatement {
  /** Of the database it went to. */
  readonly database: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * Runs `work` and answers the text of every SQL statement this process sent meanwhile, transaction
 * control included. Tests of batching count them; nothing else may use a database at the time.
 */
export async function recordStatements(work: () => Promise<unknown>): Promise<string[]> {
  return (await recordSent(work)).map(({ text }) => text);
}

/** The same with what a statement needs to be explained: its values, and where it was sent. */
export async function recordSent(work: () => Promise<unknown>): Promise<SentStatement[]> {
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  try {
    await work();
    return spy.mock.calls.map(([statement, values]: readonly unknown[], index) => ({
      database: (spy.mock.contexts[index] as pg.Client).database ?? '',
      ...read(statement, values),
    }));
  } finally {
    spy.mockRestore();
  }
}

function read(statement: unknown, values: unknown): Omit<SentStatement, 'database'> {
  const { text, values: own } =
    typeof statement === 'string'
      ? { text: statement, values }
      : (statement as { readonly text?: unknown; readonly values?: unknown });
  return { text: String(text), values: Array.isArray(own) ? own : [] };
}
