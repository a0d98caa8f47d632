import { readFileSync } from 'node:fs';
import { connectSubgraph, createGateway } from '@civitas/gateway';
import { createLogger } from '@civitas/platform/telemetry';
import { SECRET } from '../secret.ts';

// Our gateway as it is deployed: the subgraph is another process, reached by HTTP and WebSocket.

const [path = '', bellUrl = ''] = process.argv.slice(2);
const supergraphSdl = readFileSync(path, 'utf8');
const name = 'bell';
const log = createLogger({ name: 'bench', level: 'silent' });
const gateway = await createGateway({
  supergraphSdl,
  transports: new Map([[name, connectSubgraph({ name, urls: [bellUrl], secret: SECRET, log })]]),
  verifyAccessToken: async () => ({ type: 'anonymous' }),
  log,
  introspection: false,
  streamLimits: { perAddress: 50_000, perCaller: 50_000 },
});
const { url } = await gateway.listen({ port: 0, host: '127.0.0.1' });
console.log(`ready ${url}`);
