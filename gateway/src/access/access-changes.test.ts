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

test('one that never could stops all the same', async () => {
  const subscribe = () => Promise.reject(new Error('Command timed out'));
  const changes = createAccessChanges({ subscribe } as unknown as PubSub, silent);
  await expect(changes.stop()).resolves.toBeUndefined();
});
