export { endSessions } from './end-sessions.ts';
export { SESSIONS_ENDED, sessionsEnded } from './events.ts';
export { openSession, type SessionTokens } from './open-session.ts';
export { resolvers as sessionResolvers } from './resolvers.ts';
export { createTokenIssuer, type TokenIssuer } from './token-issuer.ts';
