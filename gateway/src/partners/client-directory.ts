import type { UserViewer } from '@civitas/platform/subgraph';

/** Whom an API key acts for. */
export interface KeyHolder {
  /** Has the key's scopes and its id. */
  readonly viewer: UserViewer;
}

/**
 * What the gateway asks identity about programs. Rejects with a CivitasError `SERVICE_UNAVAILABLE`
 * when there is no answer.
 */
export interface ClientDirectory {
  /** Null for a key that is unknown, revoked or expired. */
  findKey(key: string): Promise<KeyHolder | null>;
}
