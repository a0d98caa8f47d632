export { policiesOf } from './policies-of.ts';
export { isScopeOfRoles, scopesOf } from './scopes-of.ts';
