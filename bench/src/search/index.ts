import { randomUUID } from 'node:crypto';
import { createSubgraph } from '@civitas/content';
import { createInProcessBus } from '@civitas/platform/events';
import { createInProcessPubSub } from '@civitas/platform/pubsub';
import { executeOnSubgraph, type Subgraph, type UserViewer } from '@civitas/platform/subgraph';
import { createLogger } from '@civitas/platform/telemetry';
import { startThrowawayPostgres } from '@civitas/postgres/embedded';
import { databaseNameOf, migrate, prismaDirectory } from '@civitas/postgres/migrations';
import { printTable, quantile } from '../statistics.ts';
import { explainSearch } from './explain-search.ts';
import { loadLibrary } from './load-library.ts';
import { openTextbookSearch } from './textbook.ts';

const SEARCH = /* GraphQL */ `
  query ($query: String!, $scope: SearchScope!) {
    search(query: $query, scope: $scope, first: 20) {
      edges { node { subject { id } topic { id title } title { text found } snippet { text found } } }
    }
  }
`;
const SAMPLES = 60;

/**
 * Search in 100,000 topics of 2,000 subjects by 200 authors, loaded into a Postgres of its own: words that
 * are rare, common and in every second text, beginnings and typing errors, in what is public and in what is
 * one's own; beside the search of a textbook, in interleaved rounds. `--topics=10000` makes fewer, `--explain` prints what Postgres did for each kind.
 */
export async function benchSearch(options: readonly string[]): Promise<void> {
  const given = options.find((option) => option.startsWith('--topics='))?.split('=')[1];
  const postgres = await startThrowawayPostgres();
  try {
    const databaseUrl = postgres.urlFor(databaseNameOf('content'));
    await migrate({ url: databaseUrl, directory: `${prismaDirectory}/content` });
    const startedAt = performance.now();
    const library = await loadLibrary(databaseUrl, Number(given ?? 100_000));
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    console.log(`search: ${library.topics} topics loaded in ${seconds} s`);
    const log = createLogger({ name: 'bench', level: 'silent' });
    const bus = createInProcessBus({ log });
    const pubsub = createInProcessPubSub({ log });
    const subgraph = createSubgraph({ databaseUrl, bus, pubsub, log });
    const viewer: UserViewer = {
      ...{ type: 'user', id: library.author, kind: 'CIVILIAN' },
      ...{ roles: [], scopes: [], sessionId: 'ses_bench' },
    };
    const textbook = await openTextbookSearch(databaseUrl, library.author);
    // Interleaved, so that what the machine does besides is shared by all.
    const kinds = Object.entries(library.words).flatMap(([name, words]) =>
      (['PUBLIC', 'MINE'] as const).map((scope) => ({
        name,
        words,
        scope,
        ours: { ms: [] as number[], found: 0 },
        textbook: { ms: [] as number[], found: 0 },
      })),
    );
    for (let round = 0; round < SAMPLES; round += 1) {
      for (const kind of kinds) {
        const query = kind.words[round % kind.words.length] ?? '';
        const asked = { query, scope: kind.scope };
        await measure(kind.ours, () => ask(subgraph, viewer, asked));
        await measure(kind.textbook, () => textbook.ask(asked));
      }
    }
    const rows = kinds.map(({ name, scope, ours, textbook: baseline }) => ({
      name: `${name}, ${scope.toLowerCase()}`,
      ...columnsOf('', ours),
      ...columnsOf('textbook ', baseline),
    }));
    printTable('search: ms per page of 20, one at a time', rows);
    if (options.includes('--explain')) {
      for (const { name, words, scope } of kinds) {
        console.log(`\n${name}, ${scope}`);
        await explainSearch(databaseUrl, () =>
          ask(subgraph, viewer, { query: words[0] ?? '', scope }),
        );
      }
    }
    await textbook.close();
    await subgraph.stop();
    await bus.close();
  } finally {
    await postgres.stop();
  }
}

interface Measured {
  readonly ms: number[];
  found: number;
}

async function measure(into: Measured, search: () => Promise<number>): Promise<void> {
  const from = performance.now();
  into.found += await search();
  into.ms.push(performance.now() - from);
}

function columnsOf(prefix: string, { ms, found }: Measured): Record<string, string> {
  const warm = ms.slice(5);
  return {
    [`${prefix}p50`]: quantile(warm, 0.5).toFixed(1),
    [`${prefix}p95`]: quantile(warm, 0.95).toFixed(1),
    [`${prefix}found`]: (found / SAMPLES).toFixed(0),
  };
}

async function ask(
  subgraph: Subgraph,
  viewer: UserViewer,
  variables: Record<string, unknown>,
): Promise<number> {
  const { signal } = new AbortController();
  const origin = { viewer, requestId: randomUUID(), signal };
  const { data, errors } = await executeOnSubgraph(subgraph, { query: SEARCH, variables }, origin);
  if (errors || !data) throw new Error(JSON.stringify(errors));
  return (data['search'] as { edges: unknown[] }).edges.length;
}
