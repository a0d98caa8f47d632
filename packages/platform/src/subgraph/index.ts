export {
  type ClientCookies,
  COOKIES_HEADER,
  type CookieChange,
  type CookieJar,
  createCookieJar,
  takeCookieChanges,
} from './callers/client-cookies.ts';
export { REMAINING_HEADER, remainingMs } from './callers/deadline.ts';
export {
  signInternalToken,
  VIEWER_HEADER,
  verifyInternalToken,
} from './callers/internal-token.ts';
export { signMessage } from './callers/signed-messages.ts';
export {
  ANONYMOUS,
  type AnonymousViewer,
  type UserKind,
  type UserViewer,
  type Viewer,
} from './callers/viewer.ts';
export { codedError } from './execution/coded-error.ts';
export { defineSubgraph } from './execution/define-subgraph.ts';
export { executeOnSubgraph } from './execution/execute-on-subgraph.ts';
export { jsonOf } from './execution/json-of.ts';
export { loadTypeDefs } from './execution/load-type-defs.ts';
export {
  createPushIterator,
  type PushIterator,
  type PushReader,
} from './execution/push-iterator.ts';
export { requireUser } from './execution/require-user.ts';
export { FROM_NOW_ON, fromNowOn, isOpening, resumable } from './execution/resumable.ts';
export { isIndependent, shareEvent } from './execution/shared-events.ts';
export {
  isStream,
  type SubscriptionAnswer,
  subscribeOnSubgraph,
} from './execution/subscribe-on-subgraph.ts';
export { askRoute } from './serving/ask-route.ts';
export { boundUntilAdmitted } from './serving/bound-until-admitted.ts';
export { clientMessage } from './serving/client-message.ts';
export { findRoute } from './serving/find-route.ts';
export { TOGETHER } from './serving/operation-socket.ts';
export { serveSocket } from './serving/serve-socket.ts';
export { type ServedSubgraph, serveSubgraph } from './serving/serve-subgraph.ts';
export { CONNECTION_TEXT, callerExtensions, NONCE } from './serving/socket-callers.ts';
export { textFrame } from './serving/text-frame.ts';
export type {
  HttpRoute,
  HttpRouteAnswer,
  HttpRouteRequest,
  RequestContext,
  RequestOrigin,
  Subgraph,
  SubgraphRequest,
  SubgraphTransport,
} from './types.ts';
