import type { Account, Currency, EntryKind } from '../generated/prisma/client.ts';

/** An account of the ledger that somebody owns. */
export type Wallet = Account & { readonly ownerId: string };

/** One posting, as the wallet's owner may read it. */
export interface StatementLine {
  readonly walletId: string;
  readonly sequence: bigint;
  readonly entryId: string;
  readonly kind: EntryKind;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  readonly balanceAfter: bigint;
  /** Null where the owner may not know: it is never read from the database then. */
  readonly counterpartyId: string | null;
  readonly note: string | null;
  readonly occurredAt: Date;
  readonly donationId: string | null;
}

export function isWallet(account: Account | null | undefined): account is Wallet {
  return account?.kind === 'WALLET' && account.ownerId !== null;
}
