export { withdrawVerification } from './end-verification.ts';
export { VERIFICATION_ENDED, VERIFIED } from './events.ts';
export { resolvers as verificationResolvers } from './resolvers.ts';
