import type { SubgraphTransport } from '@civitas/platform/subgraph';
import { describe, expect, test, vi } from 'vitest';
import { townGateway, unreachable, userWith } from '../testing/town-gateway.ts';

/** A library that answers when it is told to, and counts who asked. */
function slowLibrary() {
  const asked: { readonly answer: (shelf: string) => void; readonly signal: AbortSignal }[] = [];
  const transport: SubgraphTransport = {
    ...unreachable,
    execute: (_, { signal }) =>
      new Promise((resolve, reject) => {
        asked.push({ answer: (shelf) => resolve({ data: { shelf } }), signal });
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
  };
  return { asked, instead: { library: transport } };
}

const query = '{ shelf }';
/** What is new is planned in turns, before anybody is asked; who would ask besides does so with them. */
async function askedTimes(asked: readonly unknown[], times: number): Promise<void> {
  await vi.waitFor(() => expect(asked.length).toBeGreaterThanOrEqual(times));
  await new Promise(setImmediate);
  expect(asked).toHaveLength(times);
}

describe('identical reads at the same time', () => {
  test('are run once for one viewer and apart for others', async () => {
    const { asked, instead } = slowLibrary();
    const gateway = await townGateway({ instead });
    const viewer = userWith('a');
    const reads = [
      gateway.execute({ query }),
      gateway.execute({ query }),
      gateway.execute({ query, viewer }),
      gateway.execute({ query: '{ other: shelf }' }),
    ];
    await askedTimes(asked, 3);
    for (const { answer } of asked) answer('full');
    const [one, two] = await Promise.all(reads);
    expect(one?.result).toEqual({ data: { shelf: 'full' } });
    expect(two?.result).toEqual(one?.result);
    expect(two?.requestId).not.toBe(one?.requestId);
  });

  test('are not joined by a read that follows a write', async () => {
    const { asked, instead } = slowLibrary();
    const gateway = await townGateway({ instead });
    const before = gateway.execute({ query });
    await askedTimes(asked, 1);
    await gateway.execute({ query: 'mutation { rename(id: "u1", name: "N") { name } }' });
    const after = gateway.execute({ query });
    await askedTimes(asked, 2);
    asked[0]?.answer('old');
    asked[1]?.answer('new');
    expect((await before).result.data).toEqual({ shelf: 'old' });
    expect((await after).result.data).toEqual({ shelf: 'new' });
  });

  test('go on when one caller leaves and stop when all have', async () => {
    const { asked, instead } = slowLibrary();
    const gateway = await townGateway({ instead });
    const callers = [new AbortController(), new AbortController()];
    const reads = callers.map(({ signal }) => gateway.execute({ query, signal }));
    await askedTimes(asked, 1);
    callers[0]?.abort();
    expect(asked[0]?.signal.aborted).toBe(false);
    callers[1]?.abort();
    expect(asked[0]?.signal.aborted).toBe(true);
    await Promise.all(reads);
  });

  test('can be run each for itself', async () => {
    const { asked, instead } = slowLibrary();
    const gateway = await townGateway({ instead, shareReads: false });
    const reads = [gateway.execute({ query }), gateway.execute({ query })];
    await askedTimes(asked, 2);
    for (const { answer } of asked) answer('full');
    const answers = await Promise.all(reads);
    expect(answers.map(({ result }) => result.data)).toEqual([
      { shelf: 'full' },
      { shelf: 'full' },
    ]);
  });
});
