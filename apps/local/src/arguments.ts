import { parseArgs } from 'node:util';
import { LocalStartError } from './local-start-error.ts';

const seeds = ['none', 'demo', 'large'] as const;

/** What fresh databases are filled with: nothing, the demo town, or a hundred of them. */
export type Seed = (typeof seeds)[number];

export function isSeed(text: string): text is Seed {
  return (seeds as readonly string[]).includes(text);
}

export interface StartArguments {
  readonly port: number;
  /** Null: what the data directory has already, else the demo. */
  readonly seed: Seed | null;
  /** Throw away `.data` first. */
  readonly reset: boolean;
}

/** @throws LocalStartError that names the argument at fault. */
export function readArguments(args: readonly string[]): StartArguments {
  const { port, seed, reset } = parse(args);
  const number = Number(port);
  if (!/^\d+$/.test(port) || number > 65_535) {
    throw new LocalStartError(`--port must be a number from 0 to 65535, not "${port}".`);
  }
  if (seed !== undefined && !isSeed(seed)) {
    throw new LocalStartError(`--seed must be ${seeds.join(', ')}, not "${seed}".`);
  }
  return { port: number, seed: seed ?? null, reset };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '4000' },
        seed: { type: 'string' },
        reset: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new LocalStartError(error instanceof Error ? error.message : String(error));
  }
}
