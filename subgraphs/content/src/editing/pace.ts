import { LRUCache } from 'lru-cache';
import { PUSH_BURST, PUSHES_PER_SECOND, SYNC_BURST, SYNCS_PER_SECOND } from './limits.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

interface Pace {
  readonly pushes: TokenBucket;
  /** Of the large pushes after a time offline. */
  readonly syncs: TokenBucket;
}

/** Whoever was not heard of for longest is forgotten first, and may then push at full again. */
const MAX_CLIENTS = 10_000;

/** How fast each client pushes to this server. */
export function createPaces(): (client: string) => Pace {
  const paces = new LRUCache<string, Pace>({
    max: MAX_CLIENTS,
    memoMethod: () => ({
      pushes: createTokenBucket(PUSHES_PER_SECOND, PUSH_BURST),
      syncs: createTokenBucket(SYNCS_PER_SECOND, SYNC_BURST),
    }),
  });
  return (client) => paces.memo(client);
}
