import { serveSubgraph } from '@civitas/platform/subgraph';
import { createLogger } from '@civitas/platform/telemetry';
import { SECRET } from '../secret.ts';
import { bellSubgraph } from './bell.ts';

// The subgraph behind the gateway, as a process of its own.

const { url } = await serveSubgraph(bellSubgraph(), {
  port: 0,
  host: '127.0.0.1',
  internalSecret: SECRET,
  log: createLogger({ name: 'bell', level: 'silent' }),
});
console.log(`ready ${url}`);
