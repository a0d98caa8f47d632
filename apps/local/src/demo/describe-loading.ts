import { progressBar } from '../progress.ts';
import { type SubgraphName, subgraphNames } from '../subgraph-names.ts';
import { expectedRows, type LoadStep } from './fill-database.ts';

/** How much of a database's time has gone when it comes to each step; measured with a large seed. */
const STARTS_AT = { rows: 0, indexes: 0.6, audits: 0.9, done: 1 } as const;

/** Turns what databases tell while they are filled into a line: `[###   ] 30 % content: rows, finance: indexes`. */
export function describeLoading(
  detail: (text: string) => void,
): (name: SubgraphName, step: LoadStep) => void {
  const steps = new Map<SubgraphName, LoadStep>();
  return (name, step) => {
    steps.set(name, step);
    const all = subgraphNames.reduce((sum, each) => sum + expectedRows[each], 0);
    const done = [...steps].reduce((sum, [each, at]) => sum + shareOf(at) * expectedRows[each], 0);
    const busy = [...steps].filter(([, { doing }]) => doing !== 'done');
    detail(
      `${progressBar(done, all)} ${busy.map(([each, at]) => `${each}: ${at.doing}`).join(', ')}`,
    );
  };
}

function shareOf({ doing, rows, expected }: LoadStep): number {
  const within = doing === 'rows' ? Math.min(1, rows / expected) * STARTS_AT.indexes : 0;
  return STARTS_AT[doing] + within;
}
