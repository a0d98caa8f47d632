import { setTimeout as pause } from 'node:timers/promises';
import { load } from '../load.ts';
import { printTable } from '../statistics.ts';
import type { Child } from './child.ts';
import { queries } from './queries.ts';

const SAMPLES = 10;
const DISTINCT = 10_000;
const CONNECTIONS = 50;

/**
 * The memory of a gateway under load for some minutes, and while it is asked 10,000 operations that
 * are all different.
 */
export async function measureMemory(child: Child, minutes: number): Promise<void> {
  const body = JSON.stringify({ query: queries.nested });
  const rows: Record<string, string>[] = [];
  const note = (name: string) => rows.push({ name, MiB: child.residentMiB().toFixed(0) });
  await load(child.url, body, CONNECTIONS, 10);
  note('warm');
  for (let sample = 1; sample <= SAMPLES; sample++) {
    const { requests } = await load(child.url, body, CONNECTIONS, (minutes * 60) / SAMPLES);
    note(`after ${((minutes * sample) / SAMPLES).toFixed(1)} min, ${requests} nested queries more`);
  }
  for (let asked = 0; asked < DISTINCT; asked += DISTINCT / 5) {
    await Promise.all(
      Array.from({ length: 8 }, (_, lane) => askDistinct(child.url, asked + lane, DISTINCT / 5, 8)),
    );
    note(`after ${asked + DISTINCT / 5} different operations`);
  }
  await pause(2_000);
  note('at rest');
  printTable(`gateway, memory under ${CONNECTIONS} connections`, rows);
}

async function askDistinct(url: string, first: number, count: number, step: number): Promise<void> {
  for (let each = first; each < first + count; each += step) {
    const query = `{ a${each}: topProducts { name inStock reviews { body author { name n${each}: username } } } }`;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const text = await response.text();
    if (text.includes('"errors"')) throw new Error(text.slice(0, 300));
  }
}
