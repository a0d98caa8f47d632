import type { UserViewer } from '@civitas/platform/subgraph';
import type { PresentRights } from '../partners/client-directory.ts';

/** Somebody with those rights of their token that they still have; new ones come with the next token. */
export function withoutLostRights(viewer: UserViewer, now: PresentRights | null): UserViewer {
  const { roles, policies = [] } = viewer;
  return {
    ...viewer,
    roles: roles.filter((role) => now?.roles.includes(role)),
    policies: policies.filter((policy) => now?.policies.includes(policy)),
  };
}
