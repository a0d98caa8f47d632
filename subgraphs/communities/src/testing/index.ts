export { statementsOf } from './count-statements.ts';
export { type Actor, type CommunitiesScene, useCommunities } from './use-communities.ts';
