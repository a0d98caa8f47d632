import type { FinanceTransaction } from '../context.ts';
import type { PartyKind } from '../generated/prisma/client.ts';

export interface NewParty {
  readonly id: string;
  readonly kind: PartyKind;
  readonly registeredAt: Date;
}

/** Makes somebody known to the ledger; once they are, it does nothing. */
export async function registerParty(tx: FinanceTransaction, party: NewParty): Promise<void> {
  await tx.party.createMany({ data: [party], skipDuplicates: true });
}
