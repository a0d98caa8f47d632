import { readFileSync } from 'node:fs';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { TestGraph } from '../use-graph.ts';

const PROGRESS = readFileSync(
  new URL('../../../../../operations/content/import-progress.graphql', import.meta.url),
  'utf8',
);

interface Progress {
  readonly subjectImportProgress: { readonly stage: string };
}

/** Follows an import on one socket, which is not opened a second time. */
export function followImport({ url }: TestGraph, importId: string, token: string) {
  const connectionParams = { authorization: `Bearer ${token}` };
  const client = createClient({
    ...{ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, connectionParams },
    retryAttempts: 0,
  });
  const told: string[] = [];
  const follow = async () => {
    const asked = { query: PROGRESS, variables: { importId } };
    for await (const { data, errors } of client.iterate<Progress>(asked)) {
      told.push(data?.subjectImportProgress.stage ?? JSON.stringify(errors));
    }
    await client.dispose();
  };
  return { told, ended: follow() };
}
