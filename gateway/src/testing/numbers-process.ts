import { createInterface } from 'node:readline';
import {
  createPushIterator,
  FROM_NOW_ON,
  fromNowOn,
  resumable,
  serveSubgraph,
} from '@civitas/platform/subgraph';
import { miniSubgraph, silent } from './compose.ts';
import { NUMBERS_SDL } from './numbers.ts';

// A subgraph that can be killed: `node numbers-process.ts <secret>`. It listens on the port that it reads
// from its input and says `listening <url>`. `next` on its input is the next event of every source.

interface Counted {
  readonly counted: number;
}

const [, , internalSecret = ''] = process.argv;
const sources = new Set<{ step(): void }>();

/** The whole numbers after `from`, one at each step: what a log in a database is. */
function numbersAfter(from: number) {
  let number = from;
  const source = createPushIterator<Counted>({ onEnd: () => sources.delete(stepping) });
  const stepping = {
    step: () => {
      number += 1;
      source.push({ counted: number });
    },
  };
  sources.add(stepping);
  return { source, stepping };
}

function beginningAfter(from: number) {
  const { source, stepping } = numbersAfter(from);
  stepping.step();
  return source;
}

/** Begins with nothing; 0 says that something may have been missed. */
function numbersFromNow(resumeAfter: string | undefined) {
  const { source } = numbersAfter(0);
  if (resumeAfter === FROM_NOW_ON) source.push({ counted: 0 });
  return fromNowOn(source);
}

const subgraph = miniSubgraph('numbers', NUMBERS_SDL, {
  Query: { sources: () => sources.size },
  Subscription: {
    counted: {
      subscribe: (_: unknown, { from }: { from: number }, ctx: { resumeAfter?: string }) =>
        resumable(beginningAfter(Number(ctx.resumeAfter ?? from)), ({ counted }: Counted) =>
          String(counted),
        ),
    },
    happened: {
      subscribe: () => beginningAfter(0),
      resolve: ({ counted }: Counted) => counted,
    },
    told: {
      subscribe: (_: unknown, __: unknown, ctx: { resumeAfter?: string }) =>
        numbersFromNow(ctx.resumeAfter),
      resolve: ({ counted }: Counted) => counted,
    },
  },
});

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'next') {
    for (const source of sources) source.step();
  } else {
    const port = Number(line);
    const served = { port, host: '127.0.0.1', internalSecret, log: silent };
    const { url } = await serveSubgraph(subgraph, served);
    console.log(`listening ${url}`);
  }
}
