import type { PubSub } from '@civitas/platform/pubsub';
import { expect, test, vi } from 'vitest';
import { silent } from '../testing/compose.ts';
import { userWith } from '../testing/town-gateway.ts';
import { createAccessChanges } from './access-changes.ts';

test('a gateway that could not listen at first tries until it can', async () => {
  let failures = 2;
  let tell: ((message: unknown) => void) | undefined;
  const pubsub: Pick<PubSub, 'subscribe'> = {
    subscribe: async (_, onMessage) => {
      failures -= 1;
      if (failures >= 0) throw new Error('Command timed out');
      tell = onMessage as typeof tell;
      return async () => undefined;
    },
  };
  const changes = createAccessChanges(pubsub as PubSub, silent);
  await vi.waitUntil(() => tell);
  const viewer = userWith();
  expect(changes.current(viewer)).toBe(viewer);
  tell?.({ userId: viewer.id, endedSessions: [viewer.sessionId] });
  expect(() => changes.current(viewer)).toThrow('This session has ended. Sign in again.');
  await changes.stop();
});

test('roles that change take their scopes along; a key keeps its own', async () => {
  let tell: ((message: unknown) => void) | undefined;
  const subscribe = async (_: string, onMessage: typeof tell) => {
    tell = onMessage;
    return async () => undefined;
  };
  const changes = createAccessChanges({ subscribe } as unknown as PubSub, silent);
  const viewer = { ...userWith('platform:moderate'), roles: ['MODERATOR'] };
  await vi.waitUntil(() => tell);
  tell?.({ userId: viewer.id, policies: ['verified'] });
  expect(changes.current(viewer)).toEqual({ ...viewer, policies: ['verified'] });
  const now = { roles: ['SUPPORT'], policies: ['support'], scopes: ['platform:support'] };
  tell?.({ userId: viewer.id, ...now });
  expect(changes.current(viewer)).toEqual({ ...viewer, ...now });
  const key = { ...viewer, apiKeyId: 'key_1', scopes: ['finance:transfer'] };
  expect(changes.current(key)).toEqual({ ...key, ...now, scopes: key.scopes });
  // From an identity of before, which said nothing of scopes.
  tell?.({ userId: viewer.id, roles: ['SUPPORT'] });
  expect(changes.current(viewer)).toMatchObject({ roles: ['SUPPORT'], scopes: [] });
  await changes.stop();
});

test('one that never could stops all the same', async () => {
  const subscribe = () => Promise.reject(new Error('Command timed out'));
  const changes = createAccessChanges({ subscribe } as unknown as PubSub, silent);
  await expect(changes.stop()).resolves.toBeUndefined();
});

test('news of one right leaves the other as it was, and what was heard before a gap is forgotten', async () => {
  const heard = Promise.withResolvers<{ tell(message: object): void; gap(): void }>();
  const subscribe: PubSub['subscribe'] = async (_, onMessage, options) => {
    heard.resolve({ tell: (message) => onMessage(message), gap: () => options?.onGap?.() });
    return async () => undefined;
  };
  const changes = createAccessChanges({ subscribe } as unknown as PubSub, silent);
  const { tell, gap } = await heard.promise;
  const viewer = userWith();
  tell({ userId: viewer.id, roles: ['KEYS'], policies: ['old'] });
  tell({ userId: viewer.id, policies: ['new'] });
  expect(changes.current(viewer)).toMatchObject({ roles: ['KEYS'], policies: ['new'] });
  gap();
  expect(changes.current(viewer)).toBe(viewer);
  await changes.stop();
});
