export { type DeliveredSession, deliverSession } from './deliver-session.ts';
export { endSessions, endStolenSession } from './end-sessions.ts';
export { SESSIONS_ENDED, sessionsEnded } from './events.ts';
export type { SessionOwner } from './issue-tokens.ts';
export { type OpenedSession, openSession, SecondFactorDue } from './open-session.ts';
export { renewAccess } from './renew-access.ts';
export { resolvers as sessionResolvers } from './resolvers.ts';
export { deviceTokenIn } from './session-cookies.ts';
export { createTokenIssuer, type TokenIssuer } from './token-issuer.ts';
