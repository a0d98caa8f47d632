import { parseArgs } from 'node:util';
import { LocalStartError } from './local-start-error.ts';

const seeds = ['none', 'demo', 'large'] as const;

/** What fresh databases are filled with: nothing, the demo town, or a hundred of them. */
export type Seed = (typeof seeds)[number];

export function isSeed(text: string): text is Seed {
  return (seeds as readonly string[]).includes(text);
}

export const HELP = `npm start -- [options]              the whole graph in one process
npm run start:processes -- [options]  the same in many processes

  --port <number>            where the gateway listens; 4000 when absent, 0 for a free one
  --seed none|demo|large     what new databases are filled with; demo when absent
  --reset                    throws .data away first
  --help                     says this

README.md says what else the environment can set: DATABASE_URL, REDIS_URL, and more.
`;

export interface StartArguments {
  readonly port: number;
  /** Null: what the data directory has already, else the demo. */
  readonly seed: Seed | null;
  /** Throw away `.data` first. */
  readonly reset: boolean;
  /** Only say what there is. */
  readonly help: boolean;
}

/** @throws LocalStartError that names the argument at fault. */
export function readArguments(args: readonly string[]): StartArguments {
  const { port, seed, reset, help } = parse(args);
  const number = Number(port);
  if (!/^\d+$/.test(port) || number > 65_535) {
    throw new LocalStartError(`--port must be a number from 0 to 65535, not "${port}".`);
  }
  if (seed !== undefined && !isSeed(seed)) {
    throw new LocalStartError(`--seed must be ${seeds.join(', ')}, not "${seed}".`);
  }
  return { port: number, seed: seed ?? null, reset, help };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '4000' },
        seed: { type: 'string' },
        reset: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new LocalStartError(error instanceof Error ? error.message : String(error));
  }
}
