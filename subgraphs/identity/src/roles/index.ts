export { ROLES_CHANGED } from './events.ts';
export { OVERSIGHT_ROLES, requireRole } from './require-role.ts';
export { resolvers as roleResolvers } from './resolvers.ts';
export { asInForce, presentRights } from './rights-in-force.ts';
export { tellOfRoles } from './second-factor-changed.ts';
export { changeRoleByOperator } from './service.ts';
