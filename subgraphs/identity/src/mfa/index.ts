export { type MfaRequired, openChallenge } from './challenge.ts';
export { resolvers as mfaResolvers } from './resolvers.ts';
export { proveByTotp, secondFactorCode } from './second-factor.ts';
