import type { UserViewer } from '@civitas/platform/subgraph';
import { expect, test } from 'vitest';
import { withoutLostRights } from './without-lost-rights.ts';

const viewer: UserViewer = {
  ...{ type: 'user', id: 'usr_1', kind: 'CIVILIAN', scopes: [], sessionId: 'ses_1' },
  ...{ roles: ['MODERATOR', 'SUPPORT'], policies: ['oversight'] },
};

test('what was taken away is gone, and nothing is there that the token does not say', () => {
  const now = { roles: ['SUPPORT', 'ADMINISTRATOR'], policies: ['oversight', 'more'] };
  expect(withoutLostRights(viewer, now)).toEqual({ ...viewer, roles: ['SUPPORT'] });
  const plain = { ...viewer, policies: undefined };
  expect(withoutLostRights(plain, now).policies).toEqual([]);
});

test('nobody has no rights', () => {
  expect(withoutLostRights(viewer, null)).toEqual({ ...viewer, roles: [], policies: [] });
});
