import { randomUUID } from 'node:crypto';
import { CivitasError } from '@civitas/platform/errors';
import { ANONYMOUS, type SubgraphTransport, type UserKind } from '@civitas/platform/subgraph';
import type { ClientDirectory } from './client-directory.ts';

const TIMEOUT_MS = 3_000;

const KEY_HOLDER = /* GraphQL */ `
  query KeyHolder($key: String!) {
    apiKeyHolder(key: $key) {
      apiKeyId
      userId
      kind
      roles
      scopes
    }
  }
`;

interface KeyHolderAnswer {
  readonly apiKeyHolder: {
    readonly apiKeyId: string;
    readonly userId: string;
    readonly kind: UserKind;
    readonly roles: readonly string[];
    readonly scopes: readonly string[];
  } | null;
}

/** The directory as identity keeps it, in fields that only the gateway can reach (`@inaccessible`). */
export function identityDirectory(identity: Pick<SubgraphTransport, 'execute'>): ClientDirectory {
  async function ask<Data>(query: string, variables: Record<string, unknown>): Promise<Data> {
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
    if (data && !errors) return data as Data;
    throw new CivitasError('SERVICE_UNAVAILABLE', {
      cause: new Error(errors?.[0]?.message ?? 'identity answered without data.'),
    });
  }

  return {
    findKey: async (key) => {
      const { apiKeyHolder: holder } = await ask<KeyHolderAnswer>(KEY_HOLDER, { key });
      if (!holder) return null;
      const { apiKeyId, userId, kind, roles, scopes } = holder;
      return {
        viewer: { type: 'user', id: userId, kind, roles, scopes, sessionId: apiKeyId, apiKeyId },
      };
    },
  };
}
