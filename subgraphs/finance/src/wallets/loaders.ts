import { groupedLoader, keyedLoader } from '@civitas/platform/loaders';
import type { FinanceDatabase } from '../context.ts';
import { fetchStatements, type StatementPage } from './statement-queries.ts';
import { isWallet, type StatementLine, type Wallet } from './wallet.ts';

export function createWalletLoaders(db: FinanceDatabase) {
  return {
    walletById: keyedLoader(
      async (ids) => {
        const accounts = await db.client.account.findMany({ where: { id: { in: [...ids] } } });
        return accounts.filter(isWallet);
      },
      (wallet) => wallet.id,
    ),
    walletsOfOwner: groupedLoader<null, Wallet[]>(
      async (ownerIds) => {
        const accounts = await db.client.account.findMany({
          where: { ownerId: { in: [...ownerIds] } },
          orderBy: [{ openedAt: 'asc' }, { id: 'asc' }],
        });
        return Map.groupBy(accounts.filter(isWallet), (wallet) => wallet.ownerId);
      },
      () => [],
    ),
    statement: groupedLoader<StatementPage, StatementLine[]>(
      (walletIds, page) => fetchStatements(db.client, walletIds, page),
      () => [],
    ),
  };
}
