import type { OperationMode } from './client-directory.ts';

/** What holds for callers whose account says nothing else. */
export interface ClientPolicy {
  /** Which operations may be sent without an API key; the account of an app can only be stricter. */
  readonly mode: OperationMode;
  /** Requests of one network address. Absent: not limited. */
  readonly anonymousPerMinute?: number | undefined;
  /** Requests of one signed-in person, or of one of their own keys. Absent: not limited. */
  readonly userPerMinute?: number | undefined;
  /** Estimated cost of one operation. */
  readonly maximumCost: {
    readonly anonymous: number;
    readonly user: number;
    readonly program: number;
  };
  /** Names of accounts whose keys may introspect the schema where others may not. */
  readonly introspectionClients: ReadonlySet<string>;
  /** Items of a list about which the schema says nothing. */
  readonly defaultListSize: number;
}

/**
 * The costliest of the known operations costs some 500 with pages of 20, and 2,500 with the largest
 * pages. Ten items is what lists without a page size hold in this graph: roles, scopes, kinds.
 */
export const defaultClientPolicy: ClientPolicy = {
  mode: 'LOG_UNKNOWN',
  maximumCost: { anonymous: 5_000, user: 10_000, program: 10_000 },
  introspectionClients: new Set(),
  defaultListSize: 10,
};
