import { groupedLoader, keyedLoader } from '@civitas/platform/loaders';
import type { Page } from '@civitas/platform/pagination';
import type { IdentityDatabase } from '../context.ts';
import type { RegisteredOperation } from '../generated/prisma/client.ts';
import { fetchOperations, fetchUsage, type Usage } from './queries.ts';

export function createPartnerLoaders(db: IdentityDatabase) {
  return {
    partnerAccountById: keyedLoader(
      (ids) => db.client.partnerAccount.findMany({ where: { id: { in: [...ids] } } }),
      (account) => account.id,
    ),
    apiKeyById: keyedLoader(
      (ids) => db.client.apiKey.findMany({ where: { id: { in: [...ids] } } }),
      (apiKey) => apiKey.id,
    ),
    partnerOperations: groupedLoader<Page<readonly [number, string]>, RegisteredOperation[]>(
      (accountIds, page) => fetchOperations(db, accountIds, page),
      () => [],
    ),
    partnerUsage: groupedLoader<Page<readonly [string, string, string]>, Usage[]>(
      (accountIds, page) => fetchUsage(db, accountIds, page),
      () => [],
    ),
  };
}
