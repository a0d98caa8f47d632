import type { KeyValueStore } from '@civitas/platform/keyvalue';
import type { Logger } from '@civitas/platform/telemetry';
import { LRUCache } from 'lru-cache';

/** Documents that clients sent once with their hash, so that the hash is enough from then on. */
export interface AutomaticStore {
  get(hash: string): Promise<string | undefined>;
  /** The caller has checked the hash and the document. Does nothing when the client adds too many. */
  add(hash: string, document: string, subject: string): Promise<void>;
}

interface AutomaticStoreOptions {
  /** Shared with the other gateways; absent when there is one. */
  readonly shared: KeyValueStore | undefined;
  /** Counts what each client adds. */
  readonly counts: KeyValueStore;
  readonly log: Logger;
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
export function createAutomaticStore({
  shared,
  counts,
  log,
}: AutomaticStoreOptions): AutomaticStore {
  const near = new LRUCache<string, string>({
    max: MAX_DOCUMENTS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (document) => document.length + 64,
  });
  const keyOf = (hash: string) => `gateway:document:${hash}`;
  const isAway = (error: unknown) => {
    log.warn({ err: error }, 'persisted queries are kept in this process alone');
    return undefined;
  };

  return {
    get: async (hash) => {
      const known = near.get(hash);
      if (known !== undefined || !shared) return known;
      const document = await shared.get(keyOf(hash)).catch(isAway);
      if (document !== undefined) near.set(hash, document);
      return document;
    },
    add: async (hash, document, subject) => {
      if (document.length > MAX_DOCUMENT_CHARACTERS || near.has(hash)) return;
      const allowed = await counts.takeToken(`gateway:new:${subject}`, NEW_DOCUMENTS).catch(isAway);
      if (allowed && !allowed.taken) return;
      near.set(hash, document);
      await shared?.set(keyOf(hash), document, KEPT_MS).catch(isAway);
    },
  };
}
