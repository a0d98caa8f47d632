export { withdrawVerification } from './end-verification.ts';
export { resolvers as verificationResolvers } from './resolvers.ts';
