export { ROLES_CHANGED } from './events.ts';
export { OVERSIGHT_ROLES, requireRole } from './require-role.ts';
export { resolvers as roleResolvers } from './resolvers.ts';
export { changeRoleByOperator } from './service.ts';
