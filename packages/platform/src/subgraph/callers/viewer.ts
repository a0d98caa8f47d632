/** The five kinds of people the graph knows, and what a session or key may act as. */
export type UserKind = 'CIVILIAN' | 'MERCHANT' | 'OFFICER' | 'FAMILY' | 'DONOR';

/**
 * Who is asking. The gateway makes one per request from an access token; subgraphs receive it
 * as it is (one process) or inside a signed internal token (many processes).
 */
export type Viewer = AnonymousViewer | UserViewer;

export interface AnonymousViewer {
  readonly type: 'anonymous';
}

export interface UserViewer {
  readonly type: 'user';
  /** TypeID of the user, `usr_…`. */
  readonly id: string;
  readonly kind: UserKind;
  /** Platform roles, e.g. `MODERATOR`, `ADMINISTRATOR`, `SUPPORT`. */
  readonly roles: readonly string[];
  /** Names that `@policy` asks for and identity says of this person; absent: none. */
  readonly policies?: readonly string[] | undefined;
  /** OAuth-style scopes, e.g. `finance:transfer`, for `@requiresScopes`. */
  readonly scopes: readonly string[];
  /** TypeID of the session, `ses_…`; of the API key, `key_…`, where that takes its place. */
  readonly sessionId: string;
  /**
   * When the person last showed who they are in this session, with the second factor where they have
   * one: seconds since 1970. Absent where that is long ago, or unknown.
   */
  readonly provedAt?: number | undefined;
  /** Present when a program acts for the user with an API key, within `scopes`. */
  readonly apiKeyId?: string | undefined;
}

export const ANONYMOUS: AnonymousViewer = Object.freeze({ type: 'anonymous' });
