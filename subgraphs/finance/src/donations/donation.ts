import type { Currency } from '../generated/prisma/client.ts';

/** A donation as anybody may read it. */
export interface Donation {
  readonly id: string;
  readonly amountMinor: bigint;
  readonly currency: Currency;
  readonly anonymous: boolean;
  /** Null when anonymous: the queries never let it leave the database. */
  readonly donorId: string | null;
  readonly familyId: string;
  readonly message: string | null;
  readonly donatedAt: Date;
}
