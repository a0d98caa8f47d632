import { once } from 'node:events';
import type { Door } from './contender.ts';
import { connectToGraph } from './graph-editor.ts';
import { type Load, type Played, play } from './play.ts';
import { connectToYjs } from './yjs-editor.ts';

// The editors, apart from whoever measures: asked for one round after the other by its parent.

export interface RoundRequest {
  readonly door: Door;
  readonly load: Load;
}

/** `typing` begins and ends the time that is measured; each waits for a message in answer. */
export type RoundReport = { readonly typing: boolean } | { readonly played: Played };

const report = (message: RoundReport) => process.send?.(message);

async function run({ door, load }: RoundRequest): Promise<void> {
  const connect = door.protocol === 'graph' ? connectToGraph(door) : connectToYjs(door);
  const played = await play(connect, load, async (typing) => {
    report({ typing });
    await once(process, 'message');
  });
  report({ played });
}

process.on('message', (message) => {
  if (typeof message === 'object') void run(message as RoundRequest);
});
process.on('disconnect', () => process.exit());
