export { recordSecurityEvent } from './record.ts';
export { resolvers as securityLogResolvers } from './resolvers.ts';
