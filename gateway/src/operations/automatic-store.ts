import { LRUCache } from 'lru-cache';
import type { StoreInTime } from '../access/store-in-time.ts';

/** Documents that clients sent once with their hash, so that the hash is enough from then on. */
export interface AutomaticStore {
  get(hash: string): Promise<string | undefined>;
  /** The caller has checked the hash and the document. Does nothing when the client adds too many. */
  add(hash: string, document: string, subject: string): Promise<void>;
}

interface AutomaticStoreOptions {
  /** Counts what each client adds. */
  readonly store: StoreInTime;
  /** Whether there are other gateways that have the same store. */
  readonly isShared: boolean;
}

const MAX_DOCUMENTS = 5_000;
/** Some 16 MB. */
const MAX_CHARACTERS = 8 * 1024 * 1024;
/** Longer ones are answered but not kept: nobody saves much by them. */
const MAX_DOCUMENT_CHARACTERS = 64 * 1024;
const KEPT_MS = 24 * 60 * 60_000;
/** An app of a hundred operations fits at once; a client that makes texts up is slowed down. */
const NEW_DOCUMENTS = { capacity: 200, perSecond: 0.2 };

/** A bounded store in this process before the shared one, which may be away. */
export function createAutomaticStore({ store, isShared }: AutomaticStoreOptions): AutomaticStore {
  const near = new LRUCache<string, string>({
    max: MAX_DOCUMENTS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (document) => document.length + 64,
  });
  const keyOf = (hash: string) => `gateway:document:${hash}`;

  return {
    get: async (hash) => {
      const known = near.get(hash);
      if (known !== undefined || !isShared) return known;
      const document = await store.ask((shared) => shared.get(keyOf(hash)), undefined);
      if (document !== undefined) near.set(hash, document);
      return document;
    },
    add: async (hash, document, subject) => {
      if (document.length > MAX_DOCUMENT_CHARACTERS || near.has(hash)) return;
      const { taken } = await store.count((counts) =>
        counts.takeToken(`gateway:new:${subject}`, NEW_DOCUMENTS),
      );
      if (!taken) return;
      near.set(hash, document);
      if (isShared)
        await store.ask((shared) => shared.set(keyOf(hash), document, KEPT_MS), undefined);
    },
  };
}
