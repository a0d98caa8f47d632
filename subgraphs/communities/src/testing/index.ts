export { statementsOf } from './count-statements.ts';
export { type Actor, useCommunities } from './use-communities.ts';
