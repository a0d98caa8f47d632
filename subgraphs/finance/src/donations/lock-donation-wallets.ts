import { UserFailure } from '@civitas/platform/errors';
import type { UserViewer } from '@civitas/platform/subgraph';
import type { FinanceTransaction } from '../context.ts';
import { lockAccounts } from '../ledger/index.ts';
import { isWallet, requireOwnWallet, type Wallet } from '../wallets/index.ts';

/**
 * Finds the wallets a donation moves money between, and locks both. Who owns a wallet and in which
 * currency never changes, so that much may be read before the lock.
 *
 * @throws UserFailure `WalletNotFound`, `NotAFamily`, `CurrencyMismatch` when the family takes no
 * donations in the donor's currency, `SameWallet` when a family gives to itself.
 */
export async function lockDonationWallets(
  tx: FinanceTransaction,
  viewer: UserViewer,
  { fromWalletId, familyId }: { readonly fromWalletId: string; readonly familyId: string },
): Promise<{ from: Wallet; to: Wallet }> {
  const source = await tx.account.findUnique({ where: { id: fromWalletId } });
  const { currency } = requireOwnWallet(viewer, source);
  const family = await tx.party.findUnique({
    where: { id: familyId, kind: 'FAMILY' },
    include: { wallets: { where: { currency } } },
  });
  if (!family) {
    throw new UserFailure('NotAFamily', 'There is no family with this id.', ['input', 'familyId']);
  }
  const [destination] = family.wallets;
  if (!destination) {
    throw new UserFailure(
      'CurrencyMismatch',
      `The family has no wallet in ${currency}.`,
      ['input', 'fromWalletId'],
      { currency },
    );
  }
  if (destination.id === fromWalletId) {
    throw new UserFailure('SameWallet', 'This is the wallet of the family itself.', [
      'input',
      'fromWalletId',
    ]);
  }
  const locked = await lockAccounts(tx, [fromWalletId, destination.id]);
  const to = locked.get(destination.id);
  if (!isWallet(to)) throw new Error(`Account ${destination.id} was there and is no wallet now.`);
  return { from: requireOwnWallet(viewer, locked.get(fromWalletId)), to };
}
