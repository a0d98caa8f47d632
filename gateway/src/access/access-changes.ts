import { setTimeout as delay } from 'node:timers/promises';
import { CivitasError } from '@civitas/platform/errors';
import type { PubSub } from '@civitas/platform/pubsub';
import type { UserViewer, Viewer } from '@civitas/platform/subgraph';
import type { Logger } from '@civitas/platform/telemetry';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { atTime } from './token-expiry.ts';

/** Where identity tells every gateway; the same name stands in its `access-changes` folder. */
const CHANNEL = 'identity.access-changes';

/** Longer than any access token lives (five minutes): after it no token says otherwise. */
const REMEMBERED_MS = 10 * 60_000;
const MAX_REMEMBERED = 100_000;
/** Between two attempts to listen. */
const MAX_RETRY_MS = 5_000;

const changeShape = z.union([
  // An API key is a session of its own, by the key's id. Absent `endsAt` is now.
  z.object({
    userId: z.string(),
    endedSessions: z.array(z.string()),
    endsAt: z.iso.datetime().optional(),
  }),
  // Without policies or scopes from an identity that does not tell of them: then none hold.
  z.object({
    userId: z.string(),
    roles: z.array(z.string()),
    policies: z.array(z.string()).default([]),
    scopes: z.array(z.string()).default([]),
  }),
  z.object({ userId: z.string(), policies: z.array(z.string()) }),
]);

/** Of a person, what may be other than their token says. */
interface Rights {
  readonly roles?: readonly string[];
  readonly policies: readonly string[];
  /** Of tokens; an API key has scopes of its own. */
  readonly scopes?: readonly string[];
}

/** What has changed about people since their access tokens were made. */
export interface AccessChanges {
  /**
   * The viewer as they are now.
   * @throws CivitasError `UNAUTHENTICATED` when their session has ended.
   */
  current(viewer: Viewer): Viewer;
  /**
   * Calls back once when the rights of this viewer change or their session ends.
   * @returns a function that calls it off.
   */
  watch(viewer: Viewer, onChange: () => void): () => void;
  stop(): Promise<void>;
}

/**
 * Listens to identity. A message that is lost, because Redis was away, leaves access tokens to say
 * what holds until they expire.
 */
export function createAccessChanges(pubsub: PubSub | undefined, log: Logger): AccessChanges {
  const rights = new LRUCache<string, Rights>({
    max: MAX_REMEMBERED,
    ttl: REMEMBERED_MS,
  });
  const ended = new LRUCache<string, true>({ max: MAX_REMEMBERED, ttl: REMEMBERED_MS });
  const watchers = new Map<string, Map<() => void, UserViewer>>();
  const pending = new Set<() => void>();

  function onMessage(message: unknown): void {
    apply(changeShape.parse(message));
  }

  /** What ends later ends then for everybody who has it open; who comes after that is refused anyway. */
  function later(userId: string, endedSessions: string[], endsAt: number): void {
    const forget = atTime(endsAt, () => {
      pending.delete(forget);
      apply({ userId, endedSessions });
    });
    pending.add(forget);
  }

  function apply(change: z.infer<typeof changeShape>): void {
    if ('endedSessions' in change && change.endsAt !== undefined) {
      const endsAt = Date.parse(change.endsAt);
      if (endsAt > Date.now()) {
        later(change.userId, change.endedSessions, endsAt);
        return;
      }
    }
    const isConcerned =
      'policies' in change
        ? () => true
        : ({ sessionId }: UserViewer) => change.endedSessions.includes(sessionId);
    if ('policies' in change) {
      const { userId, ...now } = change;
      rights.set(userId, { ...rights.get(userId), ...now });
    } else for (const sessionId of change.endedSessions) ended.set(sessionId, true);
    for (const [tell, viewer] of [...(watchers.get(change.userId) ?? [])]) {
      if (isConcerned(viewer)) tell();
    }
  }

  // Newer tokens may know better than what was heard before the gap.
  const onGap = () => rights.clear();
  const stopping = new AbortController();
  const listening = pubsub && listen(pubsub);

  /** Tries until it succeeds: a gateway that never listened would let everybody in who was let go. */
  async function listen(source: PubSub): Promise<() => Promise<void>> {
    for (let attempt = 0; !stopping.signal.aborted; attempt += 1) {
      try {
        return await source.subscribe(CHANNEL, onMessage, { onGap });
      } catch (error) {
        log.error({ err: error }, 'no news of changed access yet');
        const delayMs = Math.min(50 * 2 ** attempt, MAX_RETRY_MS);
        await delay(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
    return async () => undefined;
  }

  return {
    current: (viewer) => {
      if (viewer.type !== 'user') return viewer;
      if (ended.has(viewer.sessionId)) {
        throw new CivitasError('UNAUTHENTICATED', {
          message: 'This session has ended. Sign in again.',
        });
      }
      const now = rights.get(viewer.id);
      if (!now) return viewer;
      return { ...viewer, ...now, ...(viewer.apiKeyId !== undefined && { scopes: viewer.scopes }) };
    },
    watch: (viewer, onChange) => {
      if (viewer.type !== 'user') return () => undefined;
      const own = watchers.get(viewer.id) ?? new Map<() => void, UserViewer>();
      watchers.set(viewer.id, own);
      const forget = () => {
        own.delete(tell);
        if (own.size === 0 && watchers.get(viewer.id) === own) watchers.delete(viewer.id);
      };
      const tell = () => {
        forget();
        onChange();
      };
      own.set(tell, viewer);
      return forget;
    },
    stop: async () => {
      for (const forget of pending) forget();
      stopping.abort();
      const unsubscribe = await listening;
      await unsubscribe?.();
    },
  };
}
