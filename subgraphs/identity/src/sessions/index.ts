export { type DeliveredSession, deliverSession } from './deliver-session.ts';
export { endSessions } from './end-sessions.ts';
export { SESSIONS_ENDED, sessionsEnded } from './events.ts';
export {
  type IssuedSession,
  openSession,
  SecondFactorDue,
  type SessionOwner,
} from './open-session.ts';
export { renewAccess } from './renew-access.ts';
export { resolvers as sessionResolvers } from './resolvers.ts';
export { deviceTokenIn } from './session-cookies.ts';
export { createTokenIssuer, type TokenIssuer } from './token-issuer.ts';
