import { randomUUID } from 'node:crypto';
import { CivitasError } from '@civitas/platform/errors';
import { ANONYMOUS, type SubgraphTransport, type UserKind } from '@civitas/platform/subgraph';
import type {
  ClientAccount,
  ClientDirectory,
  PresentRights,
  RegisteredOperation,
} from './client-directory.ts';

const TIMEOUT_MS = 3_000;

const ACCOUNT = 'id name mode requestsPerMinute requestsPerDay maximumCost';

const KEY_HOLDER = `query KeyHolder($key: String!) {
  apiKeyHolder(key: $key) { apiKeyId userId kind roles policies scopes expiresAt partnerAccount { ${ACCOUNT} } }
}`;

const KEYLESS_ACCOUNT = `query KeylessAccount($name: String!) {
  keylessPartnerAccount(name: $name) { ${ACCOUNT} }
}`;

const OPERATION = `query Operation($accountId: ID!, $operationId: String, $normalizedHash: String) {
  registeredOperation(
    partnerAccountId: $accountId, operationId: $operationId, normalizedHash: $normalizedHash
  ) { operationId document }
}`;

const RIGHTS = `query Rights($userId: ID!) { presentRights(userId: $userId) { roles policies scopes } }`;

const RECORD_USAGE = `mutation RecordUsage($batchId: ID!, $entries: [OperationUsageInput!]!) {
  recordOperationUsage(batchId: $batchId, entries: $entries)
}`;

interface KeyHolderAnswer {
  readonly apiKeyId: string;
  readonly userId: string;
  readonly kind: UserKind;
  readonly roles: readonly string[];
  readonly policies: readonly string[];
  readonly scopes: readonly string[];
  /** ISO 8601. */
  readonly expiresAt: string;
  readonly partnerAccount: ClientAccount | null;
}

/** The directory as identity keeps it, in fields that only the gateway can reach (`@inaccessible`). */
export function identityDirectory(identity: Pick<SubgraphTransport, 'execute'>): ClientDirectory {
  /** The one root field of the answer. */
  async function ask<Answer>(query: string, variables: Record<string, unknown>): Promise<Answer> {
    const origin = {
      viewer: ANONYMOUS,
      requestId: randomUUID(),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    };
    const { data, errors } = await identity
      .execute({ query, variables }, origin)
      .catch((cause: unknown) => {
        throw new CivitasError('SERVICE_UNAVAILABLE', { cause });
      });
    if (data && !errors) return Object.values(data)[0] as Answer;
    throw new CivitasError('SERVICE_UNAVAILABLE', {
      cause: new Error(errors?.[0]?.message ?? 'identity answered without data.'),
    });
  }

  return {
    findKey: async (key) => {
      const holder = await ask<KeyHolderAnswer | null>(KEY_HOLDER, { key });
      if (!holder) return null;
      const { userId: id, partnerAccount: account, expiresAt, ...of } = holder;
      return {
        viewer: { type: 'user', id, ...of, sessionId: of.apiKeyId },
        account,
        expiresAt: new Date(expiresAt),
      };
    },
    findKeylessAccount: (name) => ask<ClientAccount | null>(KEYLESS_ACCOUNT, { name }),
    findOperation: (question) => ask<RegisteredOperation | null>(OPERATION, question),
    findRights: (userId) => ask<PresentRights | null>(RIGHTS, { userId }),
    recordUsage: async (batchId, entries) => {
      const counted = entries.map((entry) => ({
        ...entry,
        requests: String(entry.requests),
        failures: String(entry.failures),
        cost: String(Math.ceil(entry.cost)),
      }));
      await ask(RECORD_USAGE, { batchId, entries: counted });
    },
  };
}
