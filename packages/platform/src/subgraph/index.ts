export { askRoute } from './ask-route.ts';
export { boundUntilAdmitted } from './bound-until-admitted.ts';
export {
  type ClientCookies,
  COOKIES_HEADER,
  type CookieChange,
  type CookieJar,
  createCookieJar,
  takeCookieChanges,
} from './client-cookies.ts';
export { codedError } from './coded-error.ts';
export { REMAINING_HEADER, remainingMs } from './deadline.ts';
export { defineSubgraph } from './define-subgraph.ts';
export { executeOnSubgraph } from './execute-on-subgraph.ts';
export { findRoute } from './find-route.ts';
export {
  signInternalToken,
  VIEWER_HEADER,
  verifyInternalToken,
} from './internal-token.ts';
export { jsonOf } from './json-of.ts';
export { loadTypeDefs } from './load-type-defs.ts';
export { TOGETHER } from './operation-socket.ts';
export { createPushIterator, type PushIterator, type PushReader } from './push-iterator.ts';
export { requireUser } from './require-user.ts';
export { FROM_NOW_ON, fromNowOn, isOpening, resumable } from './resumable.ts';
export { serveSocket } from './serve-socket.ts';
export { type ServedSubgraph, serveSubgraph } from './serve-subgraph.ts';
export { isIndependent, shareEvent } from './shared-events.ts';
export { signMessage } from './signed-messages.ts';
export { CONNECTION_TEXT, callerExtensions, NONCE } from './socket-callers.ts';
export { isStream, type SubscriptionAnswer, subscribeOnSubgraph } from './subscribe-on-subgraph.ts';
export { textFrame } from './text-frame.ts';
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
export {
  ANONYMOUS,
  type AnonymousViewer,
  type UserKind,
  type UserViewer,
  type Viewer,
} from './viewer.ts';
