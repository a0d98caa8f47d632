import type { UserViewer } from '@civitas/platform/subgraph';
import { expect, test } from 'vitest';
import { withoutLostRights } from './without-lost-rights.ts';

const viewer: UserViewer = {
  ...{ type: 'user', id: 'usr_1', kind: 'CIVILIAN', sessionId: 'ses_1' },
  ...{ roles: ['MODERATOR', 'SUPPORT'], policies: ['oversight'] },
  scopes: ['platform:moderate', 'platform:support'],
};

test('what was taken away is gone, and nothing is there that the token does not say', () => {
  const now = {
    ...{ roles: ['SUPPORT', 'ADMINISTRATOR'], policies: ['oversight', 'more'] },
    scopes: ['platform:support', 'platform:administer'],
  };
  expect(withoutLostRights(viewer, now)).toEqual({
    ...viewer,
    ...{ roles: ['SUPPORT'], scopes: ['platform:support'] },
  });
  const plain = { ...viewer, policies: undefined };
  expect(withoutLostRights(plain, now).policies).toEqual([]);
});

test('nobody has no rights; a key keeps the scopes that it was made with', () => {
  const none = { roles: [], policies: [], scopes: [] };
  expect(withoutLostRights(viewer, null)).toEqual({ ...viewer, ...none });
  const key = { ...viewer, apiKeyId: 'key_1', scopes: ['finance:transfer'] };
  expect(withoutLostRights(key, null)).toEqual({ ...key, ...none, scopes: key.scopes });
});
