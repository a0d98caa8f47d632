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
 * @throws UserFailure `CurrencyMismatch`, `InsufficientFunds` with what is available.
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
  await writePostings(tx, entryId, [
    { accountId: from.id, amountMinor: -amountMinor },
    { accountId: to.id, amountMinor },
  ]);
}

function currencyMismatch(from: Wallet, other: string): UserFailure {
  return new UserFailure(
    'CurrencyMismatch',
    `The wallet holds ${from.currency} and the other ${other}.`,
    ['input', 'fromWalletId'],
    { currency: from.currency },
  );
}
