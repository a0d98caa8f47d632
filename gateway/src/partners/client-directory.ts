import type { UserViewer } from '@civitas/platform/subgraph';

/** Which operations a program may send: any, registered ones, registered ones by id. */
export type OperationMode = 'LOG_UNKNOWN' | 'SAFELIST' | 'REQUIRE_ID';

/** A program that calls the graph, and what it may do. */
export interface ClientAccount {
  readonly id: string;
  readonly name: string;
  readonly mode: OperationMode;
  readonly requestsPerMinute: number;
  /** Null when they are not limited. */
  readonly requestsPerDay: number | null;
  /** Null when it is the gateway's default. */
  readonly maximumCost: number | null;
}

/** Whom an API key acts for. */
export interface KeyHolder {
  /** Has the key's scopes and its id. */
  readonly viewer: UserViewer;
  /** Null for a key of a person's own. */
  readonly account: ClientAccount | null;
  /** When the key ends by itself. */
  readonly expiresAt?: Date;
}

/** An operation that a program may send by its id. */
export interface RegisteredOperation {
  readonly operationId: string;
  readonly document: string;
}

/** By its id, or by the {@link normalizedHash} of what its document says. */
export type OperationQuestion = { readonly accountId: string } & (
  | { readonly operationId: string }
  | { readonly normalizedHash: string }
);

/** What one key did with one operation on one day of UTC since the last report. */
export interface UsageEntry {
  readonly apiKeyId: string;
  /** ISO 8601. */
  readonly day: string;
  readonly operationId: string;
  readonly requests: number;
  readonly failures: number;
  readonly cost: number;
}

/** What somebody may do now, whatever their token says. */
export type PresentRights = Required<Pick<UserViewer, 'roles' | 'policies' | 'scopes'>>;

/**
 * What the gateway asks identity about programs and people. Rejects with a CivitasError `SERVICE_UNAVAILABLE`
 * when there is no answer.
 */
export interface ClientDirectory {
  /** Null for a key that is unknown, revoked or expired. */
  findKey(key: string): Promise<KeyHolder | null>;
  /** The account of a program that needs no key; null for every other name. */
  findKeylessAccount(name: string): Promise<ClientAccount | null>;
  findOperation(question: OperationQuestion): Promise<RegisteredOperation | null>;
  /** Null for nobody, and for who was erased. Never remembered. */
  findRights(userId: string): Promise<PresentRights | null>;
  /** Adds to the counters, once for each batch id (a UUID) however often it is told. */
  recordUsage(batchId: string, entries: readonly UsageEntry[]): Promise<void>;
}
