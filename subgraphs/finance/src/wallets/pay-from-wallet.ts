import { UserFailure } from '@civitas/platform/errors';
import { formatMoney, money } from '@civitas/platform/money';
import type { FinanceTransaction } from '../context.ts';
import { writePostings } from '../ledger/index.ts';
import type { Wallet } from './wallet.ts';

interface Payment {
  readonly entryId: string;
  /** Both as `lockAccounts` answered them in this transaction. */
  readonly from: Wallet;
  readonly to: Wallet;
  readonly amountMinor: bigint;
}

/**
 * Posts an entry that moves an amount from one wallet to another.
 *
 * @throws UserFailure `CurrencyMismatch`, `InsufficientFunds` with what is available,
 * `WalletNotFound` when one of the two has left.
 */
export async function payFromWallet(
  tx: FinanceTransaction,
  { entryId, from, to, amountMinor }: Payment,
): Promise<void> {
  if (from.currency !== to.currency) throw currencyMismatch(from, to.currency);
  if (from.balanceMinor < amountMinor) {
    const available = money(from.balanceMinor, from.currency);
    throw new UserFailure(
      'InsufficientFunds',
      `The wallet holds ${formatMoney(available)}.`,
      ['input', 'amountMinor'],
      { available },
    );
  }
  try {
    await writePostings(tx, entryId, [
      { accountId: from.id, amountMinor: -amountMinor },
      { accountId: to.id, amountMinor },
    ]);
  } catch (error) {
    throw isOfClosedParty(error) ? walletClosed() : error;
  }
}

/** What the database says about a wallet of somebody who has left, or is just leaving. */
function isOfClosedParty(error: unknown): boolean {
  return String(error).includes('wallet_of_closed_party');
}

/** Answered like no wallet at all: nobody is behind it any more. */
function walletClosed(): UserFailure {
  return new UserFailure('WalletNotFound', 'There is no such wallet.', ['input', 'toWalletId']);
}

function currencyMismatch(from: Wallet, other: string): UserFailure {
  return new UserFailure(
    'CurrencyMismatch',
    `The wallet holds ${from.currency} and the other ${other}.`,
    ['input', 'fromWalletId'],
    { currency: from.currency },
  );
}
