import { createLogger } from '@civitas/platform/telemetry';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { townGateway, unreachable } from '../testing/town-gateway.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

test('a flood of failures is ten lines a second of each kind, and how many more there were', async () => {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = createLogger({ name: 'test', level: 'warn', destination });
  const gateway = await townGateway({ log, instead: { library: unreachable, trade: unreachable } });
  const flood = async (query: string, times: number) => {
    for (let time = 0; time < times; time += 1) await gateway.execute({ query });
  };
  await flood('{ shelf }', 500);
  expect(lines).toHaveLength(10);
  expect(lines[0]).toMatchObject({ subgraph: 'library', code: 'SUBGRAPH_UNAVAILABLE' });
  expect(lines[0]).toHaveProperty('requestId');
  // Another kind is not drowned by it.
  await flood('{ user(id: "u1") { sold } }', 1);
  expect(lines).toHaveLength(11);
  expect(lines.at(-1)).toMatchObject({ subgraph: 'trade' });
  vi.advanceTimersByTime(1_000);
  expect(lines).toHaveLength(12);
  expect(lines.at(-1)).toMatchObject({
    msg: 'operation failed, and more of it',
    ...{ subgraph: 'library', code: 'SUBGRAPH_UNAVAILABLE', more: 490 },
  });
  // The next second begins anew, and nothing is said of a quiet one.
  await flood('{ shelf }', 3);
  vi.advanceTimersByTime(1_000);
  expect(lines).toHaveLength(15);
  // What clients do wrong is theirs to know: no line at all.
  await flood('{ nonsense }', 100);
  expect(lines).toHaveLength(15);
});
