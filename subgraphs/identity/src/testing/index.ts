export { startOpenidProvider, type TestProvider } from './openid-provider.ts';
export { softwareAuthenticator } from './software-authenticator.ts';
