import { readFileSync } from 'node:fs';
import {
  connectSubgraph,
  createGateway,
  createMemoryCacheStore,
  loadSupergraph,
} from '@civitas/gateway';
import { createLogger } from '@civitas/platform/telemetry';

// Ours as a process of its own, as gateway/src/main.ts starts it: every fetch over HTTP and signed.

const [path = '', mode] = process.argv.slice(2);
const supergraphSdl = readFileSync(path, 'utf8');
const secret = 'a secret of the benchmark, long enough';
const log = createLogger({ name: 'bench', level: 'silent' });
const gateway = await createGateway({
  supergraphSdl,
  transports: new Map(
    loadSupergraph(supergraphSdl).subgraphs.map(({ name, url }) => [
      name,
      connectSubgraph({ name, urls: [url], secret, log }),
    ]),
  ),
  verifyAccessToken: async () => ({ type: 'anonymous' }),
  log,
  introspection: true,
  // The nested query is dearer than an anonymous caller may be: estimated it is, as in production.
  clientPolicy: { maximumCost: { anonymous: 1_000_000, user: 1_000_000, program: 1_000_000 } },
  shareReads: mode === 'shared',
  ...(mode === 'remembering' && { cache: { store: createMemoryCacheStore() } }),
});
const { url } = await gateway.listen({ port: 0, host: '127.0.0.1' });
console.log(`ready ${url}`);
