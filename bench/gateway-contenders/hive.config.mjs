import { defineConfig } from '@graphql-hive/gateway';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';

const isShared = process.env.SHARED === 'shared';

// As its makers measure it: with the planner of their Rust router, and `NODE_ENV=production`.
export const gatewayConfig = defineConfig({
  supergraph: process.env.SUPERGRAPH,
  unifiedGraphHandler,
  host: '127.0.0.1',
  port: Number(process.env.PORT),
  logging: 'error',
  graphiql: false,
  landingPage: false,
  // What clients ask alike at the same time, and what is asked alike of subgraphs meanwhile.
  inboundInflightRequestDeduplication: isShared,
  transportEntries: { '*': { options: { deduplicateInflightRequests: isShared } } },
});
