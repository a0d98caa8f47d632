export { endSessions } from './end-sessions.ts';
export { jwksRoute } from './jwks-route.ts';
export { openSession, type SessionTokens } from './open-session.ts';
export { resolvers as sessionResolvers } from './resolvers.ts';
export { loadSigningKey } from './signing-key.ts';
export { createTokenIssuer, type TokenIssuer } from './token-issuer.ts';
