export { type MfaRequired, openChallenge } from './challenge.ts';
export { resolvers as mfaResolvers } from './resolvers.ts';
export { hasSecondFactor } from './second-factor.ts';
