import type { UserViewer } from '@civitas/platform/subgraph';
import type { PresentRights } from '../partners/client-directory.ts';

/**
 * Somebody with those rights of their token that they still have; new ones come with the next token. The
 * scopes of an API key are its own and no role's: they stay.
 */
export function withoutLostRights(viewer: UserViewer, now: PresentRights | null): UserViewer {
  const { roles, policies = [], scopes, apiKeyId } = viewer;
  return {
    ...viewer,
    roles: roles.filter((role) => now?.roles.includes(role)),
    policies: policies.filter((policy) => now?.policies.includes(policy)),
    scopes: apiKeyId === undefined ? scopes.filter((each) => now?.scopes.includes(each)) : scopes,
  };
}
