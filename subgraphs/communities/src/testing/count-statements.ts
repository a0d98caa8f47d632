import pg from 'pg';
import { vi } from 'vitest';

/**
 * Runs `work` and answers the texts of the SQL statements that were sent meanwhile, without those
 * of the relay, which has its own pace.
 */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const query = vi.spyOn(pg.Client.prototype, 'query');
  try {
    await work();
    const texts = query.mock.calls.map(([first]) => textOf(first));
    return texts.filter((text) => !/\boutbox\b/.test(text));
  } finally {
    query.mockRestore();
  }
}

function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  return typeof query === 'object' && query !== null && 'text' in query ? String(query.text) : '';
}
