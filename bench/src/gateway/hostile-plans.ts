import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { createGateway, loadSupergraph } from '@civitas/gateway';
import { createLogger } from '@civitas/platform/telemetry';
import { median, printTable, quantile } from '../statistics.ts';
import { HARD_OPERATION } from './hard-operation.ts';

const HOSTILE = 50;
const EVERY_MS = 10;
const READ = '{ __typename }';

/**
 * What others feel of a caller who sends fifty different operations at once that are hard to plan:
 * the time of reads whose plan is known. Over Civitas's own supergraph; nobody is fetched from.
 */
export async function benchHostilePlans(): Promise<void> {
  const supergraphSdl = readFileSync(
    new URL('../../../supergraph.graphql', import.meta.url),
    'utf8',
  );
  const { subgraphs } = loadSupergraph(supergraphSdl);
  const answer = async () => ({ data: {} });
  const gateway = await createGateway({
    supergraphSdl,
    transports: new Map(
      subgraphs.map(({ name }) => [
        name,
        {
          execute: answer,
          subscribe: answer,
          ready: async () => undefined,
          close: async () => undefined,
        },
      ]),
    ),
    clientPolicy: {
      anonymousPerMinute: undefined,
      maximumCost: { anonymous: 1e9, user: 1e9, program: 1e9 },
    },
    verifyAccessToken: async (id) => ({
      type: 'user',
      id,
      kind: 'OFFICER',
      roles: [],
      policies: ['administrator', 'moderator', 'officer', 'verified'],
      scopes: [],
      sessionId: id,
    }),
    log: createLogger({ name: 'bench', level: 'silent' }),
    introspection: true,
  });
  const read = async () => {
    const sentAt = performance.now();
    await gateway.execute({ query: READ, authorization: 'Bearer usr_other' });
    return performance.now() - sentAt;
  };
  const reads = async (until: Promise<unknown>) => {
    const times: Promise<number>[] = [];
    let isOver = false;
    void until.then(() => (isOver = true));
    for (let dueAt = performance.now(); !isOver; dueAt += EVERY_MS) {
      const lateMs = performance.now() - dueAt;
      times.push(read().then((ms) => ms + Math.max(0, lateMs)));
      await pause(Math.max(0, dueAt + EVERY_MS - performance.now()));
    }
    return Promise.all(times);
  };
  await read();
  const quiet = await reads(pause(2_000));
  const startedAt = performance.now();
  const hostile = Promise.all(
    Array.from({ length: HOSTILE }, (_, index) =>
      gateway.execute({
        query: HARD_OPERATION.replace('query', `query Hard${index}`),
        authorization: 'Bearer usr_hostile',
      }),
    ),
  );
  const attacked = await reads(hostile);
  const codes = (await hostile).map(({ result }) => result.errors?.[0]?.extensions?.['code']);
  const row = (name: string, times: readonly number[]) => ({
    name,
    'p50 ms': median(times).toFixed(1),
    'p99 ms': quantile(times, 0.99).toFixed(1),
    'worst ms': Math.max(...times).toFixed(1),
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  printTable(`gateway, others' reads while ${HOSTILE} hard operations are planned (${seconds} s)`, [
    row('alone', quiet),
    row('beside them', attacked),
  ]);
  const failed = codes.filter((code) => code !== undefined);
  console.log(
    `${codes.length - failed.length} planned, others: ${[...new Set(failed.map(String))].join(', ') || 'none'}`,
  );
  await gateway.stop();
}
