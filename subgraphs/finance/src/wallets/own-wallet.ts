import { UserFailure } from '@civitas/platform/errors';
import type { UserViewer } from '@civitas/platform/subgraph';
import type { Account } from '../generated/prisma/client.ts';
import { isWallet, type Wallet } from './wallet.ts';

/**
 * The wallet the viewer wants to pay from. Somebody else's is answered like none at all, so that
 * nobody can find out which wallets exist by trying to empty them.
 *
 * @throws UserFailure `WalletNotFound`.
 */
export function requireOwnWallet(viewer: UserViewer, account: Account | null | undefined): Wallet {
  if (isWallet(account) && account.ownerId === viewer.id) return account;
  throw new UserFailure('WalletNotFound', 'You have no such wallet.', ['input', 'fromWalletId']);
}
