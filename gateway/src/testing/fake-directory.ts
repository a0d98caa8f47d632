import { normalizedHash, sha256 } from '@civitas/platform/documents';
import { parse } from 'graphql';
import { vi } from 'vitest';
import type { ClientAccount, ClientDirectory, KeyHolder } from '../partners/client-directory.ts';
import { userWith } from './town-gateway.ts';

export const KEY = `civitas_${'k'.repeat(43)}`;
export const OTHER_KEY = `civitas_${'o'.repeat(43)}`;

export const kiosk: ClientAccount = {
  id: 'prt_1',
  name: 'kiosk',
  mode: 'LOG_UNKNOWN',
  requestsPerMinute: 1_000,
  requestsPerDay: null,
  maximumCost: null,
};

interface FakeOptions {
  readonly scopes?: readonly string[];
  /** Of the key; null for a person's own. */
  readonly account?: ClientAccount | null;
  /** Known by its name alone. */
  readonly keyless?: ClientAccount;
  /** Documents that are registered under their SHA-256. */
  readonly operations?: readonly string[];
  /** Of the keys. */
  readonly expiresAt?: Date;
}

/** A directory with one key and one account, as identity would answer. */
export function fakeDirectory(options: FakeOptions = {}) {
  const {
    scopes = ['identity:read'],
    account = null,
    keyless,
    operations = [],
    expiresAt,
  } = options;
  const holder = (id: string): KeyHolder => ({
    viewer: { ...userWith(...scopes), sessionId: id, apiKeyId: id },
    account,
    ...(expiresAt && { expiresAt }),
  });
  const keys = new Map([
    [KEY, holder('key_1')],
    [OTHER_KEY, holder('key_2')],
  ]);
  const known = operations.map((document) => ({
    operationId: sha256(document),
    document,
    normalizedHash: normalizedHash(parse(document)),
  }));
  return {
    findKey: vi.fn<ClientDirectory['findKey']>(async (key) => keys.get(key) ?? null),
    findKeylessAccount: vi.fn<ClientDirectory['findKeylessAccount']>(async (name) =>
      keyless?.name === name ? keyless : null,
    ),
    findOperation: vi.fn<ClientDirectory['findOperation']>(
      async (question) =>
        known.find((each) =>
          'operationId' in question
            ? each.operationId === question.operationId
            : each.normalizedHash === question.normalizedHash,
        ) ?? null,
    ),
    findRights: vi.fn<ClientDirectory['findRights']>(async () => null),
    recordUsage: vi.fn<ClientDirectory['recordUsage']>(async () => undefined),
  };
}
