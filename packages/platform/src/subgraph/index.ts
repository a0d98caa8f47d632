export { defineSubgraph } from './define-subgraph.ts';
export { executeOnSubgraph } from './execute-on-subgraph.ts';
export { signInternalToken, VIEWER_HEADER, verifyInternalToken } from './internal-token.ts';
export { loadTypeDefs } from './load-type-defs.ts';
export { requireUser } from './require-user.ts';
export { type ServedSubgraph, serveSubgraph } from './serve-subgraph.ts';
export type {
  HttpRoute,
  RequestContext,
  RequestOrigin,
  Subgraph,
  SubgraphRequest,
  SubgraphTransport,
} from './types.ts';
export {
  ANONYMOUS,
  type AnonymousViewer,
  type UserKind,
  type UserViewer,
  type Viewer,
} from './viewer.ts';
