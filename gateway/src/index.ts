export {
  createAccessTokenVerifier,
  type VerifyAccessToken,
} from './access/access-token.ts';
export { createKeySet, type KeySet } from './access/key-set.ts';
export type { Policy } from './access/rules.ts';
export { createMemoryCacheStore } from './caching/memory-cache-store.ts';
export { createGateway, type Gateway, type GatewayOptions } from './create-gateway.ts';
export type { GraphiqlOptions } from './doors/http/graphiql.ts';
export type { GatewayServer } from './doors/open-doors.ts';
export type { ReadablePlan } from './execution/planner.ts';
export { inProcessTransport } from './execution/transports/in-process.ts';
export type { PlannedFetch } from './execution/types.ts';
export { defaultOperationLimits, type OperationLimits } from './operations/limits.ts';
export { readKnownOperations } from './operations/read-known-operations.ts';
export { identityDirectory } from './partners/identity-directory.ts';
export type {
  DeferredResponse,
  OperationRequest,
  OperationResponse,
  SubscriptionResponse,
} from './pipeline/types.ts';
export { loadSupergraph, SupergraphError } from './supergraph/load-supergraph.ts';
export { watchSupergraph } from './supergraph/watch-supergraph.ts';
export { connectSubgraph, type SubgraphConnection } from './upstream/connect-subgraph.ts';
export type { Upstream, UpstreamState } from './upstream/upstream.ts';
