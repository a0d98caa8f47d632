import { parseArgs } from 'node:util';

const PARTS = ['database', 'gateway', 'search'] as const;

export interface CivicBenchOptions {
  /** What to measure; nothing where only the loading is wanted. */
  readonly parts: readonly (typeof PARTS)[number][];
  /** Where the loaded data stays and is found again, as a path; thrown away when absent. */
  readonly keep: string | undefined;
  /** Only questions whose names have this in them; all when absent. */
  readonly question: string;
  /** Of two seconds for each question, through the gateway; one more comes before them. */
  readonly rounds: number;
}

/** `--keep=/tmp/civic` to load once and measure often, `--only=database`, `--only=search` (loads people alone) or `--only=nothing`, `--question=search --rounds=2` */
export function readOptions(given: readonly string[]): CivicBenchOptions {
  const { values } = parseArgs({
    args: [...given],
    options: {
      only: { type: 'string', default: PARTS.join() },
      keep: { type: 'string' },
      question: { type: 'string', default: '' },
      rounds: { type: 'string', default: '4' },
    },
  });
  return {
    parts: PARTS.filter((part) => values.only.split(',').includes(part)),
    keep: values.keep,
    question: values.question,
    rounds: Number(values.rounds),
  };
}
