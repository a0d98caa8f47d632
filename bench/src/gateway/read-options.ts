import { parseArgs } from 'node:util';
import { queries } from './queries.ts';

export type QueryName = keyof typeof queries;

export interface GatewayBenchOptions {
  /** Only contenders whose names these are; all when absent. */
  readonly only: readonly string[] | undefined;
  readonly queries: readonly QueryName[];
  readonly rounds: number;
  readonly roundSeconds: number;
  /** Instead of speed: memory under load for so many minutes, and with 10,000 different operations. */
  readonly memoryMinutes: number | undefined;
  /** Instead of other gateways: what is remembered, beside what is not. */
  readonly cached: boolean;
  /** Instead of speed: what others feel while hard operations are planned. */
  readonly hostile: boolean;
}

const all = Object.keys(queries) as QueryName[];

/** `--only=civitas,hand-written --query=nested --rounds=5 --seconds=2`, `--cached`, `--memory=10`, `--hostile` */
export function readOptions(given: readonly string[]): GatewayBenchOptions {
  const { values } = parseArgs({
    args: [...given],
    options: {
      only: { type: 'string' },
      query: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '2' },
      memory: { type: 'string' },
      cached: { type: 'boolean', default: false },
      hostile: { type: 'boolean', default: false },
    },
  });
  return {
    only: values.only?.split(','),
    queries: values.query === undefined ? all : all.filter((name) => values.query === name),
    rounds: Number(values.rounds),
    roundSeconds: Number(values.seconds),
    memoryMinutes: values.memory === undefined ? undefined : Number(values.memory),
    cached: values.cached,
    hostile: values.hostile,
  };
}
