import pg from 'pg';
import { vi } from 'vitest';

/**
 * Runs `work` and answers the text of every SQL statement this process sent meanwhile, transaction
 * control included. Tests of batching count them; nothing else may use a database at the time.
 */
export async function recordStatements(work: () => Promise<unknown>): Promise<string[]> {
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  try {
    await work();
    return spy.mock.calls.map(([statement]: readonly unknown[]) => textOf(statement));
  } finally {
    spy.mockRestore();
  }
}

function textOf(statement: unknown): string {
  if (typeof statement === 'string') return statement;
  return String((statement as { text?: unknown }).text);
}
