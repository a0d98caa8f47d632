import { isCivitasError } from '@civitas/platform/errors';
import { createMemoryKeyValueStore, type KeyValueStore } from '@civitas/platform/keyvalue';
import { ANONYMOUS, type Viewer } from '@civitas/platform/subgraph';
import type { Logger } from '@civitas/platform/telemetry';
import type { AccessChanges } from '../access/access-changes.ts';
import type { VerifyAccessToken } from '../access/access-token.ts';
import { createAdmission, type LimitHeaders } from '../access/admission.ts';
import { type Caller, createIdentify, holderOf, type Identify } from '../access/identify.ts';
import { createStoreInTime } from '../access/store-in-time.ts';
import { withoutLostRights } from '../access/without-lost-rights.ts';
import { createAutomaticStore } from '../operations/automatic-store.ts';
import { documentFinder, type RequestedDocument } from '../operations/requested-document.ts';
import type { OperationRequest } from '../pipeline/types.ts';
import { cachedDirectory } from './cached-directory.ts';
import type { ClientAccount, ClientDirectory } from './client-directory.ts';
import type { ClientPolicy } from './client-policy.ts';
import { createUsageCounters, type UsageCounters } from './usage-counters.ts';

/** A request that was let in, and what holds for it. */
export interface Entered extends RequestedDocument {
  readonly viewer: Viewer;
  /** Whose what it holds open counts as; undefined for nobody known. */
  readonly holder: string | undefined;
  /** When the key it came with ends. */
  readonly endsAt: Date | undefined;
  /** Whether errors may say what the schema holds. */
  readonly mayLearnSchema: boolean;
  readonly mayIntrospect: boolean;
  /** Estimated cost of one operation. */
  readonly maximumCost: number;
  /** Whose use is counted: the key of an account. */
  readonly countedKey: string | undefined;
}

/** Who may send what, and how much of it: the part of the pipeline before a document is read. */
export interface ClientRules {
  readonly identify: Identify;
  /**
   * Lets a request in. What is to be said about limits is written into `headers` either way.
   *
   * @throws CivitasError `UNAUTHENTICATED`, `RATE_LIMITED`, `PERSISTED_QUERY_…`, `SERVICE_UNAVAILABLE`
   */
  enter(request: OperationRequest, headers: LimitHeaders): Promise<Entered>;
  /**
   * Who changes something, as they are now where their token or key has platform roles: a role that was
   * taken away stops the next act of moderation, heard of or not. Everybody else is as they came.
   *
   * @throws CivitasError `SERVICE_UNAVAILABLE` when nobody can say which roles somebody has.
   */
  confirm(viewer: Viewer): Viewer | Promise<Viewer>;
  readonly count: UsageCounters['count'];
  /** Tells what was counted, and closes the store. */
  stop(): Promise<void>;
}

interface ClientRulesOptions {
  readonly verifyAccessToken: VerifyAccessToken;
  readonly directory: ClientDirectory | undefined;
  readonly accessChanges: Pick<AccessChanges, 'current'>;
  /** Shared with the other gateways; absent when there is one. */
  readonly keyValue: KeyValueStore | undefined;
  readonly policy: ClientPolicy;
  readonly introspection: boolean;
  readonly log: Logger;
}

const CLIENT_NAME = /^[a-z][a-z0-9-]{1,39}$/;

/** The rules outlive every supergraph: counts and caches go on when another one is loaded. */
export function createClientRules(options: ClientRulesOptions): ClientRules {
  const { policy, introspection, log } = options;
  const directory = options.directory && cachedDirectory(options.directory);
  const identify = createIdentify({
    verifyAccessToken: options.verifyAccessToken,
    directory,
    current: options.accessChanges.current,
  });
  const counts = options.keyValue ?? createMemoryKeyValueStore({ now: () => new Date() });
  const store = createStoreInTime(counts, log);
  const admit = createAdmission({
    store,
    limitsOf: (caller) => limitsOf(caller, policy),
  });
  const automatic = createAutomaticStore({ store, isShared: options.keyValue !== undefined });
  const findDocument = documentFinder({ directory, automatic, mode: policy.mode, log });
  const usage = directory && createUsageCounters({ directory, log });

  /** A key says whose program it is; others say their name, which gives them nothing but stricter rules. */
  async function accountOf(
    { key }: Caller,
    name: string | undefined,
  ): Promise<ClientAccount | null> {
    if (key) return key.account;
    if (!directory || name === undefined || !CLIENT_NAME.test(name)) return null;
    return directory.findKeylessAccount(name);
  }

  /** Who renews a session has a token that is no longer good, as a rule. */
  async function identifyOrNobody(...given: Parameters<Identify>): Promise<Caller> {
    return identify(...given).catch((error: unknown) => {
      if (isCivitasError(error) && error.code === 'UNAUTHENTICATED') return { viewer: ANONYMOUS };
      throw error;
    });
  }

  return {
    identify,
    enter: async (request, headers) => {
      if (request.viewer) return enteredFromInside(request, request.viewer);
      const { authorization, clientAddress } = request;
      const caller = request.isRenewing
        ? await identifyOrNobody(authorization, clientAddress)
        : await identify(authorization, clientAddress);
      // Most callers have none of the three, and every turn that is waited for nothing is felt.
      const admitted = admit(caller, request.clientAddress, headers);
      if (admitted) await admitted;
      const { clientName } = request;
      const hasAccount = caller.key !== undefined || clientName !== undefined;
      const account = hasAccount ? await accountOf(caller, clientName) : null;
      const found = findDocument(request, caller, account);
      const document = found instanceof Promise ? await found : found;
      const isListed = account !== null && policy.introspectionClients.has(account.name);
      const mayIntrospect = introspection || (isListed && caller.key !== undefined);
      return {
        ...document,
        viewer: caller.viewer,
        holder: holderOf(caller),
        endsAt: caller.key?.expiresAt,
        mayIntrospect,
        mayLearnSchema: mayIntrospect || caller.viewer.type === 'user',
        maximumCost: (caller.key && account?.maximumCost) ?? policy.maximumCost[kindOf(caller)],
        countedKey: caller.key?.account ? caller.key.viewer.sessionId : undefined,
      };
    },
    confirm: (viewer) => {
      if (!directory || viewer.type !== 'user' || viewer.roles.length === 0) return viewer;
      return directory.findRights(viewer.id).then((now) => withoutLostRights(viewer, now));
    },
    count: usage?.count ?? (() => undefined),
    stop: async () => {
      await usage?.stop();
      await counts.close();
    },
  };
}

/** Our own process asks: an open subscription that is planned anew, or a test. */
function enteredFromInside({ query: text }: OperationRequest, viewer: Viewer): Entered {
  return {
    text,
    accept: undefined,
    viewer,
    holder: undefined,
    endsAt: undefined,
    mayIntrospect: true,
    mayLearnSchema: true,
    maximumCost: Number.POSITIVE_INFINITY,
    countedKey: undefined,
  };
}

function kindOf({ viewer, key }: Caller): keyof ClientPolicy['maximumCost'] {
  if (key) return 'program';
  return viewer.type === 'user' ? 'user' : 'anonymous';
}

function limitsOf({ viewer, key }: Caller, policy: ClientPolicy) {
  if (key?.account) {
    const { requestsPerMinute: perMinute, requestsPerDay } = key.account;
    return { perMinute, perDay: requestsPerDay ?? undefined };
  }
  return {
    perMinute: viewer.type === 'user' ? policy.userPerMinute : policy.anonymousPerMinute,
  };
}
