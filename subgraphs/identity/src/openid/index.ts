export { createOpenid } from './create-openid.ts';
export { openidProviders, type ProviderConfig, signInReturnUrls } from './provider-config.ts';
export { resolvers as openidResolvers } from './resolvers.ts';
