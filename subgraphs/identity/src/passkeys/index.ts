export { authenticationCredential } from './credential-input.ts';
export { type RelyingParty, relyingPartyOf } from './relying-party.ts';
export { type PasskeyRequest, requestPasskey } from './request-options.ts';
export { resolvers as passkeyResolvers } from './resolvers.ts';
export { verifyAssertion } from './verify-assertion.ts';
