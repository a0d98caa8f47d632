import { parseArgs } from 'node:util';

export interface EditingBenchOptions {
  /** Only contenders whose names, without `, cursors`, these are; all when absent. */
  readonly only: readonly string[] | undefined;
  /** How many rounds are counted. */
  readonly rounds: number;
  readonly roundSeconds: number;
  /** Of typing before anything is counted: code that runs for the first time is compiled beside it. */
  readonly warmSeconds: number;
  readonly withCursors: boolean;
  /** Whether five editors are measured, too. */
  readonly withFew: boolean;
  /** Instead of speed: so many seconds of typing, while servers are killed. */
  readonly surviveSeconds: number | undefined;
  /** Where the servers leave their CPU profiles; none when absent. */
  readonly profiles: string | undefined;
}

/**
 * `--short` (145 s instead of 7 minutes), `--only=content,Hocuspocus --rounds=5 --seconds=3 --warm=20 --no-cursors --no-few`,
 * `--profiles=<folder>`, `--survive=60`
 */
export function readOptions(given: readonly string[]): EditingBenchOptions {
  const { values } = parseArgs({
    args: [...given],
    allowNegative: true,
    options: {
      short: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      warm: { type: 'string' },
      cursors: { type: 'boolean', default: true },
      few: { type: 'boolean', default: true },
      survive: { type: 'string' },
      profiles: { type: 'string' },
    },
  });
  return {
    only: values.only?.split(','),
    rounds: Number(values.rounds ?? (values.short ? 2 : 3)),
    roundSeconds: Number(values.seconds ?? (values.short ? 2 : 5)),
    warmSeconds: Number(values.warm ?? (values.short ? 8 : 30)),
    withCursors: values.cursors,
    withFew: values.few,
    surviveSeconds: values.survive === undefined ? undefined : Number(values.survive),
    profiles: values.profiles,
  };
}
