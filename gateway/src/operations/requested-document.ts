import { sha256 } from '@civitas/platform/documents';
import { CivitasError } from '@civitas/platform/errors';
import type { Logger } from '@civitas/platform/telemetry';
import { LRUCache } from 'lru-cache';
import { subjectOf } from '../access/admission.ts';
import type { Caller } from '../access/identify.ts';
import type {
  ClientAccount,
  ClientDirectory,
  OperationMode,
} from '../partners/client-directory.ts';
import { isPublication } from '../partners/is-publication.ts';
import type { OperationRequest } from '../pipeline/types.ts';
import type { AutomaticStore } from './automatic-store.ts';
import type { PreparedDocument } from './prepared-document.ts';

/** The document that a request means. */
export interface RequestedDocument {
  readonly text: string;
  /**
   * To be called with the document once it has been found valid: remembers it, or refuses it when the
   * client may only send registered ones. Absent when neither is to be done.
   *
   * @returns the id of a registered operation.
   * @throws CivitasError `QUERY_NOT_IN_SAFELIST`, `PERSISTED_QUERY_ID_REQUIRED`
   */
  readonly accept: ((document: PreparedDocument) => Promise<string | undefined>) | undefined;
}

interface RequestedDocumentOptions {
  readonly directory: ClientDirectory | undefined;
  readonly automatic: AutomaticStore;
  /** For callers without an account of their own; accounts can only be stricter. */
  readonly mode: OperationMode;
  readonly log: Logger;
}

/**
 * Finds the document of a request: sent as text, by the id of a registered operation, or by the hash
 * of an automatic persisted query.
 *
 * @throws CivitasError `PERSISTED_QUERY_NOT_FOUND`, `PERSISTED_QUERY_HASH_MISMATCH`,
 * `PERSISTED_QUERY_NOT_IN_LIST`, `BAD_REQUEST`
 */
export type FindDocument = (
  request: OperationRequest,
  caller: Caller,
  account: ClientAccount | null,
) => RequestedDocument | Promise<RequestedDocument>;

const STRICTNESS: readonly OperationMode[] = ['LOG_UNKNOWN', 'SAFELIST', 'REQUIRE_ID'];
const SHA_256 = /^[0-9a-f]{64}$/;
/** An id that is longer is none of ours. */
const MAX_ID_LENGTH = 200;
const MAX_TOLD = 10_000;

/** @returns what the pipeline asks first. */
export function documentFinder(options: RequestedDocumentOptions): FindDocument {
  const { directory, automatic, log } = options;
  /** An operation is told of once, not with every request. */
  const told = new LRUCache<string, true>({ max: MAX_TOLD });

  function modeFor(account: ClientAccount | null, { key }: Caller): OperationMode {
    // A partner's account alone decides what its keys may send.
    if (account && key) return account.mode;
    return stricter(options.mode, account?.mode ?? 'LOG_UNKNOWN');
  }

  async function byId(
    id: string,
    { query, clientAddress }: OperationRequest,
    caller: Caller,
    account: ClientAccount | null,
  ): Promise<RequestedDocument> {
    const registered = account && (await findRegistered(account, id));
    if (registered) {
      if (query !== '' && query !== registered.document) {
        throw new CivitasError('PERSISTED_QUERY_HASH_MISMATCH');
      }
      return { text: registered.document, accept: async () => registered.operationId };
    }
    if (modeFor(account, caller) !== 'LOG_UNKNOWN') {
      throw new CivitasError('PERSISTED_QUERY_NOT_IN_LIST');
    }
    const hash = id.replace(/^sha256:/, '');
    if (query === '') {
      const text = SHA_256.test(hash) ? await automatic.get(hash) : undefined;
      if (text === undefined) throw new CivitasError('PERSISTED_QUERY_NOT_FOUND');
      return { text, accept: acceptance(caller, account) };
    }
    if (sha256(query) !== hash) throw new CivitasError('PERSISTED_QUERY_HASH_MISMATCH');
    const accept = acceptance(caller, account);
    return {
      text: query,
      accept: async (document) => {
        await automatic.add(hash, query, subjectOf(caller, clientAddress));
        return accept?.(document);
      },
    };
  }

  async function findRegistered(account: ClientAccount, id: string) {
    const find = (operationId: string) =>
      directory?.findOperation({ accountId: account.id, operationId });
    return (await find(id)) ?? (id.startsWith('sha256:') ? await find(id.slice(7)) : null);
  }

  function acceptance(caller: Caller, account: ClientAccount | null): RequestedDocument['accept'] {
    const mode = modeFor(account, caller);
    if (mode === 'LOG_UNKNOWN' && !account) return undefined;
    return async (document) => {
      if (mode !== 'LOG_UNKNOWN' && isPublication(document)) return undefined;
      if (mode === 'REQUIRE_ID') throw new CivitasError('PERSISTED_QUERY_ID_REQUIRED');
      const hash = document.normalizedHash();
      const registered =
        account &&
        (await directory?.findOperation({ accountId: account.id, normalizedHash: hash }));
      if (registered) return registered.operationId;
      if (mode !== 'LOG_UNKNOWN') throw new CivitasError('QUERY_NOT_IN_SAFELIST');
      const key = `${account?.id} ${hash}`;
      if (!told.has(key)) log.info({ client: account?.name, hash }, 'operation is not registered');
      told.set(key, true);
      return undefined;
    };
  }

  return (request, caller, account) => {
    const id = idOf(request);
    if (id !== undefined) return byId(id, request, caller, account);
    return { text: request.query, accept: acceptance(caller, account) };
  };
}

function stricter(one: OperationMode, other: OperationMode): OperationMode {
  return STRICTNESS.indexOf(one) > STRICTNESS.indexOf(other) ? one : other;
}

/** As "GraphQL over HTTP" has it (`documentId`), or as Apollo's clients do. */
function idOf({ documentId, extensions }: OperationRequest): string | undefined {
  if (documentId !== undefined) {
    if (typeof documentId === 'string' && documentId !== '' && documentId.length <= MAX_ID_LENGTH) {
      return documentId;
    }
    throw new CivitasError('BAD_REQUEST', { message: 'Invalid documentId.' });
  }
  const persisted = extensions?.['persistedQuery'];
  if (persisted == null) return undefined;
  const { version, sha256Hash } = persisted as { version?: unknown; sha256Hash?: unknown };
  if (version === 1 && typeof sha256Hash === 'string' && sha256Hash.length <= MAX_ID_LENGTH) {
    return sha256Hash;
  }
  throw new CivitasError('BAD_REQUEST', { message: 'Invalid extensions.persistedQuery.' });
}
